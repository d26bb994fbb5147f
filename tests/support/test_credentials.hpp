#pragma once

#include "base/crypto/tls.hpp"
#include "tests/support/tls/test_certificate.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

namespace orderpush::test {

/// A certificate and its key as files of a folder of its own, which goes with it.
class CertificateFiles {
  public:
    explicit CertificateFiles(const TestCertificate& made = make_certificate("IP:127.0.0.1")) {
        std::string name = (std::filesystem::temp_directory_path() / "orderpush-XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
        write(made);
    }
    CertificateFiles(const CertificateFiles&) = delete;
    CertificateFiles& operator=(const CertificateFiles&) = delete;
    ~CertificateFiles() { std::filesystem::remove_all(folder_); }

    void write(const TestCertificate& made) const {
        std::ofstream{files().certificate} << made.certificate;
        std::ofstream{files().private_key} << made.key;
    }
    TlsFiles files() const {
        return {
            .certificate = (folder_ / "certificate.pem").string(),
            .private_key = (folder_ / "key.pem").string()};
    }
    std::shared_ptr<const TlsCredentials> load() const {
        return TlsCredentials::load(files()).value();
    }

  private:
    std::filesystem::path folder_;
};

}  // namespace orderpush::test
