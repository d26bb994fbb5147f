// The description of the API and the table of routes name the same endpoints.

#include "http/pages/embedded_openapi.hpp"
#include "http/routing/routes.hpp"

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

}  // namespace
}  // namespace orderpush::http
