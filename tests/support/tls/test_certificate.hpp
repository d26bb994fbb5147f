#pragma once

#include <string>

namespace orderpush::test {

/// A self-signed certificate and its key, as PEM; made anew, so that no key stands in the sources.
struct TestCertificate {
    std::string certificate;
    std::string key;
};

/// `subject` is an entry of subjectAltName: "IP:127.0.0.1", "DNS:other.example".
TestCertificate make_certificate(const std::string& subject);

}  // namespace orderpush::test
