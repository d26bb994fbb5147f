#include "http/json/field_reader.hpp"

#include <gtest/gtest.h>

namespace orderpush::http {
namespace {

using SomeId = Id<struct SomeTag>;

constexpr const char* kUuid = "01890000-0000-7000-8000-000000000001";

struct FieldReaderTest : testing::Test {
    JsonObject object_of(const std::string& text) {
        return std::get<JsonObject>(parse_json(text, 8).value().content);
    }
    std::string fault_of(const std::string& field) const {
        if (errors.is_empty()) {
            return {};
        }
        for (const FieldError& fault : errors.error().field_errors) {
            if (fault.field == field) {
                return fault.message;
            }
        }
        return {};
    }
    FieldErrorList errors;
};

TEST_F(FieldReaderTest, OptionalFieldsMayBeAbsentOrNull) {
    const auto object = object_of(R"({"a":null,"b":true,"c":-7})");
    FieldReader fields{object, errors};
    EXPECT_EQ(fields.optional_boolean("a"), std::nullopt);
    EXPECT_EQ(fields.optional_integer("a"), std::nullopt);
    EXPECT_EQ(fields.optional_ids<SomeId>("a"), std::nullopt);
    EXPECT_EQ(fields.optional_boolean("none"), std::nullopt);
    EXPECT_EQ(fields.optional_integer("none"), std::nullopt);
    EXPECT_EQ(fields.optional_boolean("b"), true);
    EXPECT_EQ(fields.optional_integer("c"), -7);
    fields.finish();
    EXPECT_TRUE(errors.is_empty());
}

TEST_F(FieldReaderTest, NullClearsAnIdAndAbsenceLeavesIt) {
    const auto object = object_of(std::string{R"({"cleared":null,"set":")"} + kUuid + "\"}");
    FieldReader fields{object, errors};
    const auto cleared = fields.clearable_id<SomeId>("cleared");
    ASSERT_TRUE(cleared);
    EXPECT_FALSE(*cleared);
    const auto set = fields.clearable_id<SomeId>("set");
    ASSERT_TRUE(set && *set);
    EXPECT_EQ(to_string(**set), kUuid);
    EXPECT_FALSE(fields.clearable_id<SomeId>("absent"));
    fields.finish();
    EXPECT_TRUE(errors.is_empty());
}

TEST_F(FieldReaderTest, WrongTypesAreNamed) {
    const auto object =
        object_of(R"({"flag":1,"number":"1","fraction":1.5,"id":"x","ids":{},"list":["x",1]})");
    FieldReader fields{object, errors};
    fields.optional_boolean("flag");
    fields.optional_integer("number");
    fields.optional_integer("fraction");
    fields.clearable_id<SomeId>("id");
    fields.optional_ids<SomeId>("ids");
    fields.optional_ids<SomeId>("list");
    fields.finish();
    EXPECT_EQ(fault_of("flag"), "must be true or false");
    EXPECT_EQ(fault_of("number"), "must be an integer");
    EXPECT_EQ(fault_of("fraction"), "must be an integer");
    EXPECT_EQ(fault_of("id"), "must be a UUID");
    EXPECT_EQ(fault_of("ids"), "must be an array");
    EXPECT_EQ(fault_of("list[0]"), "must be a UUID");
    EXPECT_EQ(fault_of("list[1]"), "must be a string");
}

}  // namespace
}  // namespace orderpush::http
