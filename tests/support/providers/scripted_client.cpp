#include "tests/support/providers/scripted_client.hpp"

#include "base/characters.hpp"

namespace orderpush::test {
namespace {

using Manner = ScriptedAnswer::Manner;

Error no_answer(ErrorKind kind, const char* code) {
    return {.kind = kind, .code = code, .message = "There was no answer."};
}

/// As a client would see it.
Result<net::HttpResponse> received(const ScriptedAnswer& answer) {
    switch (answer.manner) {
        case Manner::kProper:
            break;
        case Manner::kHang:
        case Manner::kTrickle:
            return no_answer(ErrorKind::kTimeout, "timed_out");
        case Manner::kCut:
        case Manner::kHalf:
        case Manner::kGarbage:
            return no_answer(ErrorKind::kUnavailable, "connection_lost");
    }
    net::HttpResponse response{.status = answer.status, .body = answer.body};
    for (const auto& [name, value] : answer.headers) {
        response.headers.emplace_back(in_lower_case(name), value);
    }
    return response;
}

}  // namespace

std::vector<Result<net::HttpResponse>> ScriptedClient::exchange(
    std::span<const net::HttpRequest> requests, Deadline
) {
    std::vector<Result<net::HttpResponse>> answers;
    for (const net::HttpRequest& request : requests) {
        const auto host_begin = request.url.find("://") + 3;
        const auto path_begin = request.url.find('/', host_begin);
        ScriptedRequest asked{
            .method = request.method,
            .target = request.url.substr(path_begin),
            .headers = {},
            .body = request.body};
        for (const auto& [name, value] : request.headers) {
            asked.headers[in_lower_case(name)] = value;
        }
        {
            const std::scoped_lock lock{mutex_};
            origins_.push_back(request.url.substr(0, path_begin));
        }
        answers.push_back(received(script_(asked)));
    }
    return answers;
}

std::vector<std::string> ScriptedClient::origins() const {
    const std::scoped_lock lock{mutex_};
    return origins_;
}

}  // namespace orderpush::test
