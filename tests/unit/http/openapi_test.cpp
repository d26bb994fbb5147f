// The description of the API and the table of routes name the same endpoints.

#include "core/error_codes.hpp"
#include "http/pages/embedded_openapi.hpp"
#include "http/routes.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <set>
#include <string>

namespace orderpush::http {
namespace {

using Json = nlohmann::json;

/// "POST /v1/orders/{}/items": what a parameter is called makes no difference.
std::string endpoint(std::string method, std::string_view path) {
    std::ranges::transform(method, method.begin(), [](unsigned char c) {
        return static_cast<char>(std::toupper(c));
    });
    std::string text = method + ' ';
    bool is_in_name = false;
    for (const char c : path) {
        is_in_name = c == '{' || (is_in_name && c != '}');
        if (!is_in_name || c == '{') {
            text += c;
        }
    }
    return text;
}

/// Calls visit(code) for every error code that an example or a schema of a response names.
template <class Visit>
void each_code(const Json& node, const Visit& visit) {
    if (node.is_object() && node.contains("requestId") && node.contains("code")) {
        if (node.at("code").is_string()) {
            visit(node.at("code").get<std::string>());
        }
    }
    if (node.is_object() && node.contains("properties") && node.at("properties").contains("code") &&
        node.at("properties").at("code").is_object()) {
        for (const Json& code : node.at("properties").at("code").value("enum", Json::array())) {
            visit(code.get<std::string>());
        }
    }
    if (node.is_structured()) {
        for (const Json& child : node) {
            each_code(child, visit);
        }
    }
}

class OpenApiTest : public testing::Test {
  protected:
    /// Calls visit(method, path, operation) for each that a route answers; the WebSockets are not.
    template <class Visit>
    void each_operation(const Visit& visit) const {
        for (const auto& [path, methods] : document_.at("paths").items()) {
            for (const auto& [method, operation] : methods.items()) {
                if (!operation.at("responses").contains("101")) {
                    visit(method, path, operation);
                }
            }
        }
    }

    const Json* operation_of(const Route& route) const {
        const std::string wanted = endpoint(std::string{route.method}, route.pattern);
        const Json* found = nullptr;
        each_operation([&](const std::string& method, const std::string& path, const Json& op) {
            found = endpoint(method, path) == wanted ? &op : found;
        });
        return found;
    }

    std::set<std::string> query_of(const Json& operation) const {
        std::set<std::string> names;
        for (const Json& given : operation.value("parameters", Json::array())) {
            const Json& parameter = given.contains("$ref")
                                        ? document_.at(Json::json_pointer{
                                              given.at("$ref").get<std::string>().substr(1)})
                                        : given;
            if (parameter.at("in") == "query") {
                names.insert(parameter.at("name"));
            }
        }
        return names;
    }

    const Json document_ = Json::parse(embedded_openapi());
};

TEST_F(OpenApiTest, DescribesTheRoutesAndNothingElse) {
    std::set<std::string> routed;
    for (const Route& route : all_routes()) {
        routed.insert(endpoint(std::string{route.method}, route.pattern));
    }
    std::set<std::string> described;
    each_operation([&](const std::string& method, const std::string& path, const Json&) {
        described.insert(endpoint(method, path));
    });
    for (const std::string& each : routed) {
        EXPECT_TRUE(described.contains(each)) << each << " is not described";
    }
    for (const std::string& each : described) {
        EXPECT_TRUE(routed.contains(each)) << each << " has no route";
    }
}

TEST_F(OpenApiTest, QueryParametersAreThoseThatTheRoutesKnow) {
    for (const Route& route : all_routes()) {
        if (const Json* operation = operation_of(route)) {
            std::set<std::string> known{route.query.begin(), route.query.end()};
            known.erase(std::string{kAnyParameter});
            EXPECT_EQ(query_of(*operation), known) << route.method << ' ' << route.pattern;
        }
    }
}

TEST_F(OpenApiTest, BodiesAndCredentialsAreThoseThatTheRoutesAskFor) {
    for (const Route& route : all_routes()) {
        const Json* operation = operation_of(route);
        if (operation == nullptr) {
            continue;
        }
        const std::string name = endpoint(std::string{route.method}, route.pattern);
        EXPECT_EQ(operation->contains("requestBody"), route.body != Body::kNone) << name;
        const Json& security = operation->at("security");
        const bool is_optional =
            std::ranges::any_of(security, [](const Json& each) { return each.empty(); });
        EXPECT_EQ(security.empty(), route.access == Access::kAnyone) << name;
        EXPECT_EQ(is_optional, route.access == Access::kOptionalCaller) << name;
    }
}

TEST_F(OpenApiTest, ErrorCodesAreThoseOfTheTable) {
    std::set<std::string> known;
    for (const ErrorCode& entry : kErrorCodes) {
        EXPECT_TRUE(known.emplace(entry.code).second) << entry.code << " stands there twice";
    }
    const Json& problem = document_.at("components").at("schemas").at("Problem");
    const Json& codes = problem.at("properties").at("code").at("enum");
    EXPECT_EQ(std::set<std::string>(codes.begin(), codes.end()), known);
}

TEST_F(OpenApiTest, ErrorCodesOfOperationsAreInTheTable) {
    each_code(document_, [](const std::string& code) {
        EXPECT_NE(find_error_code(code), nullptr) << code << " is in no row of kErrorCodes";
    });
}

}  // namespace
}  // namespace orderpush::http
