#pragma once

#include "tests/support/tls/test_certificate.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace orderpush::test {

struct ScriptedRequest {
    std::string method;
    std::string target;
    /// Names in lower case.
    std::map<std::string, std::string> headers;
    std::string body;

    /// Empty if there is none.
    std::string header(const std::string& name) const;
};

/// What a scripted server does with a request.
struct ScriptedAnswer {
    enum class Manner {
        kProper,
        kHang,     ///< reads the request and says nothing more
        kCut,      ///< closes the connection without an answer
        kHalf,     ///< closes it in the middle of the body
        kGarbage,  ///< answers with what is no HTTP
        kTrickle,  ///< sends the body a byte at a time, without ever finishing it
    };
    int status = 200;
    std::string body = "{}";
    std::vector<std::pair<std::string, std::string>> headers = {
        {"Content-Type", "application/json"}};
    Manner manner = Manner::kProper;
};

/// Called on the server's one thread.
using Script = std::function<ScriptedAnswer(const ScriptedRequest& request)>;

/// An HTTP/1.1 server on a free port of 127.0.0.1 that does as it is told. One thread.
class ScriptedServer {
  public:
    /// Serves TLS if it has a certificate.
    explicit ScriptedServer(
        Script script, const std::optional<TestCertificate>& certificate = std::nullopt
    );
    ScriptedServer(const ScriptedServer&) = delete;
    ScriptedServer& operator=(const ScriptedServer&) = delete;
    ~ScriptedServer();

    /// "http://127.0.0.1:1234".
    std::string origin() const;
    /// Connections taken so far.
    std::size_t connection_count() const;
    /// Closes every connection and takes no more: they are refused.
    void leave();

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace orderpush::test
