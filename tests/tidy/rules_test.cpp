#include "base/crypto/crypto.hpp"
#include "tests/tidy/delivery_rules.hpp"
#include "tests/tidy/document_rules.hpp"
#include "tests/tidy/include_rules.hpp"
#include "tests/tidy/shell.hpp"
#include "tests/tidy/size_rules.hpp"
#include "tests/tidy/statement_rules.hpp"
#include "tests/tidy/text_rules.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace orderpush::tidy {
namespace {

/// Each rule against a small tree that breaks it, and the same tree mended.
class RulesTest : public testing::Test {
  protected:
    void TearDown() override { std::filesystem::remove_all(root_); }

    void write(const std::string& path, const std::string& text) const {
        const auto file = root_ / path;
        std::filesystem::create_directories(file.parent_path());
        std::ofstream{file} << text;
    }

    void remove(const std::string& path) const { std::filesystem::remove(root_ / path); }

    SourceTree tree() const {
        std::filesystem::create_directories(root_);
        return read_tree(root_);
    }

  private:
    const std::filesystem::path root_ =
        std::filesystem::path{testing::TempDir()} / ("orderpush-tidy-" + random_token(9));
};

TEST_F(RulesTest, ArrowAgainstTheTableIsFound) {
    write("src/usecases/order_service.hpp", "");
    write("src/core/order.hpp", "");
    write(
        "src/core/order.cpp",
        "#include \"core/order.hpp\"\n#include \"usecases/order_service.hpp\"\n"
    );
    EXPECT_EQ(
        check_include_arrows(tree()),
        Findings{"src/core/order.cpp:2: src/core may not include src/usecases/order_service.hpp"}
    );
    write("src/core/order.cpp", "#include \"core/order.hpp\"\n");
    EXPECT_EQ(check_include_arrows(tree()), Findings{});
}

TEST_F(RulesTest, AdapterThatIncludesAnotherIsFound) {
    write("adapters/pusher/adapter.hpp", "");
    write("adapters/ably/adapter.cpp", "#include \"adapters/pusher/adapter.hpp\"\n");
    EXPECT_EQ(check_include_arrows(tree()).size(), 1U);
}

TEST_F(RulesTest, FolderWithoutRulesIsFound) {
    write("src/helpers/all.cpp", "");
    EXPECT_EQ(check_include_arrows(tree()).size(), 1U);
}

TEST_F(RulesTest, RoomWithoutRulesIsFound) {
    write("src/core/helpers/all.cpp", "");
    EXPECT_EQ(
        check_include_arrows(tree()),
        Findings{"src/core/helpers/all.cpp: stands in a folder without include rules"}
    );
}

TEST_F(RulesTest, ArrowBetweenRoomsAgainstTheTableIsFound) {
    write("src/core/ids.hpp", "");
    write("src/core/restaurant/restaurant.hpp", "#include \"core/ids.hpp\"\n");
    write("src/core/orders/order.hpp", "#include \"core/restaurant/restaurant.hpp\"\n");
    EXPECT_EQ(check_include_arrows(tree()), Findings{});
    write("src/core/restaurant/menu.hpp", "#include \"core/orders/order.hpp\"\n");
    EXPECT_EQ(
        check_include_arrows(tree()),
        Findings{"src/core/restaurant/menu.hpp:1: src/core/restaurant may not include "
                 "src/core/orders/order.hpp"}
    );
}

TEST_F(RulesTest, ArrowFromALayersOwnFileToARoomIsFound) {
    write("src/core/orders/order.hpp", "");
    write("src/core/ids.hpp", "#include \"core/orders/order.hpp\"\n");
    EXPECT_EQ(
        check_include_arrows(tree()),
        Findings{"src/core/ids.hpp:1: src/core may not include src/core/orders/order.hpp"}
    );
}

TEST_F(RulesTest, StoreThatIncludesOneAboveItIsFound) {
    write("src/storage/orders/order_rows.hpp", "");
    write("src/storage/tables/known_table.hpp", "#include \"storage/orders/order_rows.hpp\"\n");
    EXPECT_EQ(check_include_arrows(tree()), Findings{});
    write("src/storage/orders/a.cpp", "#include \"storage/tables/known_table.hpp\"\n");
    EXPECT_EQ(check_include_arrows(tree()).size(), 1U);
}

TEST_F(RulesTest, RoomThatIncludesWhatComposesTheRoomsIsFound) {
    write("src/http/routing/route.hpp", "");
    write("src/http/orders/order_routes.cpp", "#include \"http/routing/route.hpp\"\n");
    write("src/http/api.hpp", "#include \"http/routing/route.hpp\"\n");
    EXPECT_EQ(check_include_arrows(tree()), Findings{});
    write("src/http/orders/order_routes.cpp", "#include \"http/api.hpp\"\n");
    EXPECT_EQ(
        check_include_arrows(tree()),
        Findings{"src/http/orders/order_routes.cpp:1: src/http/orders may not include "
                 "src/http/api.hpp"}
    );
}

TEST_F(RulesTest, ProtocolThatIncludesAnotherIsFound) {
    write("src/realtime/pusher/pusher_client.hpp", "");
    write(
        "src/realtime/kitchen_display/kitchen_display_client.hpp",
        "#include \"realtime/pusher/pusher_client.hpp\"\n"
    );
    EXPECT_EQ(check_include_arrows(tree()).size(), 1U);
}

TEST_F(RulesTest, IncludeOfNothingIsFound) {
    write("src/base/clock.cpp", "#include \"base/clock.hpp\"\n");
    EXPECT_EQ(check_include_arrows(tree()).size(), 1U);
}

TEST_F(RulesTest, HeaderFarFromHomeIsFound) {
    write("src/storage/pool.cpp", "#include <pqxx/pqxx>\n");
    EXPECT_EQ(check_third_party_homes(tree()), Findings{});
    write("src/usecases/pool.cpp", "#include <pqxx/pqxx>\n");
    EXPECT_EQ(
        check_third_party_homes(tree()),
        Findings{"src/usecases/pool.cpp:1: <pqxx/pqxx> is not at home here"}
    );
}

TEST_F(RulesTest, JsonInAHeaderIsFound) {
    write("src/usecases/document.cpp", "#include <nlohmann/json.hpp>\n");
    EXPECT_EQ(check_third_party_homes(tree()), Findings{});
    write("src/usecases/json/order_json.hpp", "#include <nlohmann/json_fwd.hpp>\n");
    EXPECT_EQ(check_third_party_homes(tree()), Findings{});
    write("src/usecases/document.hpp", "#include <nlohmann/json_fwd.hpp>\n");
    EXPECT_EQ(check_third_party_homes(tree()).size(), 1U);
    write("src/usecases/json/document.hpp", "#include <nlohmann/json_fwd.hpp>\n");
    EXPECT_EQ(check_third_party_homes(tree()).size(), 2U);
    write("src/usecases/json/order_json.hpp", "#include <nlohmann/json.hpp>\n");
    EXPECT_EQ(check_third_party_homes(tree()).size(), 3U);
}

TEST_F(RulesTest, LongFileIsFound) {
    std::string text;
    for (int i = 0; i < 500; ++i) {
        text += "int a;\n";
    }
    write("src/core/order.hpp", text);
    EXPECT_EQ(check_file_sizes(tree()), Findings{});
    write("src/core/order.hpp", text + "int b;\n");
    EXPECT_EQ(check_file_sizes(tree()), Findings{"src/core/order.hpp: has 501 lines"});
}

TEST_F(RulesTest, CrowdedFolderIsFound) {
    for (int i = 0; i < 26; ++i) {
        write("src/core/orders/order_" + std::to_string(i) + ".hpp", "");
    }
    write("src/core/orders/CMakeLists.txt", "");
    write("src/core/orders/changes/order.hpp", "");
    EXPECT_EQ(check_folder_sizes(tree()), Findings{});
    write("src/core/orders/order.cpp", "");
    EXPECT_EQ(check_folder_sizes(tree()), Findings{"src/core/orders: has 27 source files"});
}

TEST_F(RulesTest, LongFunctionIsFound) {
    const auto function = [](int body) {
        std::string text = "class A {\n    void place(\n        int order\n    ) const {\n";
        for (int i = 0; i < body; ++i) {
            text += "        go();\n";
        }
        return text + "    }\n};\n";
    };
    write("src/core/order.hpp", function(58));
    EXPECT_EQ(check_function_sizes(tree()), Findings{});
    write("src/core/order.hpp", function(59));
    EXPECT_EQ(check_function_sizes(tree()), Findings{"src/core/order.hpp:4: is 61 lines long"});
}

TEST_F(RulesTest, LongConstructorIsFoundByItsInitialisers) {
    const auto constructor = [](int members, const std::string& end) {
        std::string text = "Order::Order(Store& store)\n    : store_(store),\n";
        for (int i = 0; i < members; ++i) {
            text += "      on_change_([this] {\n          change();\n      }),\n";
        }
        return text + "      clock_(clock)" + end + "\n\nint next() {\n}\n";
    };
    const std::string empty = " {}";
    write("src/core/order.cpp", constructor(19, empty));
    EXPECT_EQ(check_function_sizes(tree()), Findings{});
    write("src/core/order.cpp", constructor(20, empty));
    EXPECT_EQ(check_function_sizes(tree()), Findings{"src/core/order.cpp:2: is 62 lines long"});
    const std::string body = " {\n    begin();\n\n    observe();\n}";
    write("src/core/order.cpp", constructor(18, body));
    EXPECT_EQ(check_function_sizes(tree()), Findings{});
    write("src/core/order.cpp", constructor(19, body));
    EXPECT_EQ(check_function_sizes(tree()), Findings{"src/core/order.cpp:2: is 63 lines long"});
}

TEST_F(RulesTest, CommandsInTheServicePartsAreFound) {
    write("src/main/settings/settings.hpp", "");
    write("src/main/commands/commands.hpp", "#include \"main/settings/settings.hpp\"\n");
    write("src/main/main.cpp", "#include \"main/commands/commands.hpp\"\n");
    EXPECT_EQ(check_include_arrows(tree()), Findings{});
    write("src/main/service/jobs.cpp", "#include \"main/commands/commands.hpp\"\n");
    EXPECT_EQ(
        check_include_arrows(tree()),
        Findings{"src/main/service/jobs.cpp:1: src/main/service may not include "
                 "src/main/commands/commands.hpp"}
    );
}

TEST_F(RulesTest, BannedCallIsFoundOutsideCommentsAndStrings) {
    write(
        "src/usecases/a.cpp",
        "// sleep_for(1)\nlog(\"sleep_for(1)\");\nhomes.detach(channel);\nsnprintf(b);\n"
    );
    EXPECT_EQ(check_banned_calls(tree()), Findings{});
    write(
        "src/usecases/a.cpp",
        "std::this_thread::sleep_for(1s);\nthread.detach();\nstd::printf(\"a\");\n"
    );
    EXPECT_EQ(check_banned_calls(tree()).size(), 3U);
}

TEST_F(RulesTest, SleepIsLeftToTheFunctionThatPolls) {
    write("tests/support/eventually.hpp", "bool eventually(Condition c) {\nsleep_for(5ms);\n}\n");
    EXPECT_EQ(check_banned_calls(tree()), Findings{});
    write("tests/unit/usecases/a_test.cpp", "sleep_for(5ms);\nEXPECT_TRUE(eventually(done));\n");
    EXPECT_EQ(check_banned_calls(tree()).size(), 1U);
}

TEST_F(RulesTest, SqlOutsideStorageIsFound) {
    write("src/storage/statements.hpp", "\"select id from orders\"\n");
    write(
        "src/usecases/a.cpp",
        "// select stands in storage\nlog(\"select a table\");\nselect(from, where);\n"
    );
    EXPECT_EQ(check_sql_homes(tree()), Findings{});
    for (const std::string statement :
         {"select id from orders",
          "SELECT id FROM orders",
          "insert into orders values ($1)",
          "update orders set status = $1",
          "delete from orders",
          "lock table orders",
          "create table t (id int)",
          "alter table orders add column c int",
          "listen orders",
          "with o as (select 1) select 1"}) {
        write("src/usecases/a.cpp", "run(\"" + statement + "\");\n");
        EXPECT_EQ(
            check_sql_homes(tree()), Findings{"src/usecases/a.cpp:1: SQL belongs to src/storage"}
        ) << statement;
    }
}

TEST_F(RulesTest, AStatementThatNoListHasIsFound) {
    const std::string statements =
        "constexpr Statement kFind{\n};\n"
        "constexpr Statement kList = joined_statement(\n";
    const std::string list =
        "std::span<const Statement> order_statements() {\n"
        "    static constexpr std::array kAll{kFind";
    write("src/storage/orders/a.cpp", statements + list + ",\n        kList};\n}\n");
    write("src/storage/statement_lists.cpp", "order_statements()\n");
    EXPECT_EQ(check_statements_are_listed(tree()), Findings{});
    write("src/storage/orders/a.cpp", statements + list + "};\n}\n");
    EXPECT_EQ(
        check_statements_are_listed(tree()),
        Findings{"src/storage/orders/a.cpp:3: kList is in no list of statements"}
    );
}

TEST_F(RulesTest, AListOfStatementsThatIsNotJoinedIsFound) {
    write("src/storage/orders/a.cpp", "std::span<const Statement> order_statements() {\n}\n");
    write("src/storage/statement_lists.cpp", "menu_statements()\n");
    EXPECT_EQ(
        check_statements_are_listed(tree()),
        Findings{"src/storage/orders/a.cpp:1: order_statements() is not joined to the others"}
    );
}

TEST_F(RulesTest, SqlInARawStringIsFound) {
    write("src/usecases/a.cpp", "run(R\"(\n    select id\n    from orders\n)\");\n");
    EXPECT_EQ(
        check_sql_homes(tree()), Findings{"src/usecases/a.cpp:2: SQL belongs to src/storage"}
    );
}

TEST_F(RulesTest, LineThatSpeaksOfAnotherPlaceIsFound) {
    write("docs/a.md", "TODO(remove with Debian 12): pin\nTable sessions close.\n");
    EXPECT_EQ(check_lines_stand_alone(tree()), Findings{});
    write("docs/a.md", "as in issue #12\nsee /root/main\nTODO later\n");
    EXPECT_EQ(check_lines_stand_alone(tree()).size(), 3U);
}

TEST_F(RulesTest, LongLineOfADocumentIsFound) {
    const std::string words = "an order and ";
    const std::string row = "| " + std::string(120, 'x') + " | y |\n";
    const std::string address = "- https://example.com/" + std::string(120, 'x') + "\n";
    write("docs/a.md", std::string(110, 'x') + "\n" + row + address);
    EXPECT_EQ(check_document_lines(tree()), Findings{});
    write("docs/a.md", "# Orders\n" + words + std::string(97, 'x') + "\n");
    EXPECT_EQ(check_document_lines(tree()), Findings{});
    write("docs/a.md", "# Orders\n" + words + std::string(98, 'x') + "\n");
    EXPECT_EQ(check_document_lines(tree()), Findings{"docs/a.md:2: has 111 columns"});
    write("src/core/order.hpp", "// " + words + std::string(110, 'x') + "\n");
    EXPECT_EQ(check_document_lines(tree()).size(), 1U) << "documents only";
}

TEST_F(RulesTest, LongSectionOfADocumentIsFound) {
    const auto words = [](int count) {
        std::string text;
        for (int i = 0; i < count; ++i) {
            text += "word\n";
        }
        return text;
    };
    write(
        "docs/a.md",
        "# Orders\n" + words(100) + "## Tickets\n" + words(170) + "| a | b |\n```\ncode\n```\n"
    );
    EXPECT_EQ(check_document_sections(tree()), Findings{});
    write("docs/a.md", "# Orders\n" + words(100) + "## Tickets\n" + words(171));
    EXPECT_EQ(
        check_document_sections(tree()), Findings{"docs/a.md:102: has 171 words under one heading"}
    );
}

TEST_F(RulesTest, LinkThatLeadsNowhereIsFound) {
    write("docs/images/kitchen.png", "image");
    write("docs/b.md", "# First\n\n## Commit, then `push`\n");
    write(
        "docs/a.md",
        "# Top\n[one](b.md), [two](b.md#commit-then-push), [three](#top), [four](images)\n"
        "![five](images/kitchen.png) [six](https://example.com/b.html)\n"
        "```\n[seven](no.md)\n```\n"
    );
    EXPECT_EQ(check_document_links(tree()), Findings{});
    write(
        "docs/a.md", "# Top\n[one](c.md)\n[two](b.md#commit), [three](#bottom)\n[four](../b.md)\n"
    );
    EXPECT_EQ(
        check_document_links(tree()),
        (Findings{
            "docs/a.md:2: there is no docs/c.md",
            "docs/a.md:3: docs/b.md has no heading #commit",
            "docs/a.md:3: docs/a.md has no heading #bottom",
            "docs/a.md:4: there is no b.md"})
    );
}

TEST_F(RulesTest, PathOfNothingInADocumentIsFound) {
    write("src/core/orders/order.hpp", "");
    write(
        "docs/a.md",
        "`src/core/orders/order.hpp`, `core/orders/`, `src/core/*.hpp`, `src/core/NAME.hpp`,\n"
        "`/v1/orders`, `application/json`\n"
    );
    EXPECT_EQ(check_document_paths(tree()), Findings{"docs/a.md:1: there is no src/core/NAME.hpp"});
    write("docs/a.md", "`src/core/orders/<name>.hpp` and `core/order.hpp`\n`src/app/*.hpp`\n");
    EXPECT_EQ(
        check_document_paths(tree()),
        (Findings{"docs/a.md:1: there is no core/order.hpp", "docs/a.md:2: there is no src/app"})
    );
}

TEST_F(RulesTest, SourceThatNothingBuildsIsFound) {
    write("src/core/CMakeLists.txt", "SOURCES order.cpp\n");
    write("src/core/order.cpp", "");
    EXPECT_EQ(check_sources_are_built(tree()), Findings{});
    write("src/core/forgotten.cpp", "");
    EXPECT_EQ(
        check_sources_are_built(tree()),
        Findings{"src/core/forgotten.cpp: no CMakeLists.txt names it"}
    );
}

TEST_F(RulesTest, ErrorCodeOutsideTheTableIsFound) {
    write("src/usecases/a.cpp", "return Error{.kind = ErrorKind::kConflict, .code = \"busy\"};\n");
    EXPECT_EQ(check_error_codes(tree()), Findings{});
    write("src/usecases/a.cpp", "return Error{.code = \"bussy\"};\n");
    EXPECT_EQ(
        check_error_codes(tree()),
        Findings{"src/usecases/a.cpp:1: bussy is not in src/core/error_codes.hpp"}
    );
}

TEST_F(RulesTest, DockerfileOfItsOwnMindIsFound) {
    const std::string steps =
        "RUN ./dev install build\nRUN ./dev build release src/main/orderpush\nRUN ./dev install "
        "runtime\n"
        "COPY --from=build /src/build/release/src/main/orderpush /usr/local/bin/orderpush\n"
        "COPY --from=build /src/build/release/src/main/web /usr/local/share/orderpush/web\n"
        "USER orderpush\nHEALTHCHECK CMD orderpush healthcheck\n";
    write("Dockerfile", steps);
    EXPECT_EQ(check_dockerfile(tree()), Findings{});
    write("Dockerfile", steps + "RUN apt-get install -y vim\n");
    EXPECT_EQ(check_dockerfile(tree()).size(), 1U);
    write("Dockerfile", "FROM debian:bookworm-slim\n");
    EXPECT_EQ(check_dockerfile(tree()).size(), 7U);
}

TEST_F(RulesTest, ChangedMigrationIsFound) {
    write("sql/migrations/0001_create_orders.sql", "-- why\n");
    EXPECT_EQ(check_migrations(tree()).size(), 1U) << "no record";
    write("sql/migrations/checksums", sha256_hex("-- why\n") + "  0001_create_orders.sql\n");
    EXPECT_EQ(check_migrations(tree()), Findings{});
    write("sql/migrations/0001_create_orders.sql", "-- why not\n");
    EXPECT_EQ(check_migrations(tree()).size(), 1U) << "changed";
    remove("sql/migrations/0001_create_orders.sql");
    EXPECT_EQ(check_migrations(tree()).size(), 1U) << "gone";
}

TEST_F(RulesTest, MigrationThatNamesNoOldestBinaryIsFound) {
    const auto findings_of = [&](const std::string& name, const std::string& text) {
        write("sql/migrations/" + name, text);
        write("sql/migrations/checksums", sha256_hex(text) + "  " + name + "\n");
        const auto findings = check_migrations(tree());
        remove("sql/migrations/" + name);
        return findings.size();
    };
    EXPECT_EQ(findings_of("0026_before.sql", "-- why\n"), 0U);
    EXPECT_EQ(findings_of("0028_add.sql", "-- why\n"), 1U);
    EXPECT_EQ(findings_of("0028_add.sql", "-- why\n-- oldest-binary: 0027\n"), 0U);
    EXPECT_EQ(findings_of("0028_drop.sql", "-- why\n-- oldest-binary: 0028\n"), 0U);
    EXPECT_EQ(findings_of("0028_add.sql", "-- why\n-- oldest-binary: 0029\n"), 1U) << "later";
    EXPECT_EQ(findings_of("0028_add.sql", "-- why\n-- oldest-binary: some\n"), 1U) << "no number";
}

TEST_F(RulesTest, EnvExampleThatLagsBehindIsFound) {
    EXPECT_EQ(check_env_example(tree(), "# PORT=8080\n").size(), 1U);
    write(".env.example", "# PORT=8080\n");
    EXPECT_EQ(check_env_example(tree(), "# PORT=8080\n"), Findings{});
    EXPECT_EQ(check_env_example(tree(), "# PORT=80\n").size(), 1U);
}

TEST_F(RulesTest, BrokenShellScriptIsFound) {
    write("dev", "#!/usr/bin/env bash\nif true; then echo; fi\n");
    EXPECT_EQ(check_shell_scripts(tree()), Findings{});
    write("dev", "#!/usr/bin/env bash\nif true; then echo\n");
    EXPECT_EQ(check_shell_scripts(tree()).size(), 1U);
}

TEST_F(RulesTest, MissingAndUnusedRuntimePackagesAreFound) {
    write("scripts/packages/runtime.txt", "# why\nca-certificates\nlibstdc++6\n");
    const std::string binary = "/usr/bin/ninja";
    EXPECT_EQ(check_runtime_packages(tree(), binary), Findings{});
    write("scripts/packages/runtime.txt", "libpqxx-6.4\n");
    EXPECT_EQ(
        check_runtime_packages(tree(), binary),
        (Findings{
            "scripts/packages/runtime.txt: lacks the package of libstdc++.so.6",
            "scripts/packages/runtime.txt: libpqxx-6.4 is not linked"})
    );
}

TEST_F(RulesTest, BinaryWithoutHardeningIsFound) {
    const auto compiled = [](const std::string& flags) {
        const std::string binary = testing::TempDir() + "orderpush-hardening-" + random_token(9);
        const std::string source =
            "#include <cstdio>\n#include <cstring>\n"
            "int main(int, char** arguments) { char text[16]; std::strcpy(text, arguments[0]); "
            "return std::puts(text); }\n";
        const auto built = ask_shell(
            "printf '%s' " + quoted(source) + " | g++ -x c++ -O1 " + flags + " -o " +
            quoted(binary) + " - 2>/dev/null"
        );
        EXPECT_EQ(built.status, 0);
        const Findings findings = check_hardening(binary);
        std::filesystem::remove(binary);
        return findings.size();
    };
    const std::string hard =
        "-fPIE -pie -fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -Wl,-z,relro "
        "-Wl,-z,now -Wl,-z,noexecstack ";
    EXPECT_EQ(compiled(hard), 0U);
    EXPECT_EQ(compiled(hard + "-no-pie -fno-pie"), 1U);
    EXPECT_EQ(compiled(hard + "-Wl,-z,norelro"), 1U);
    EXPECT_EQ(compiled(hard + "-Wl,-z,lazy"), 1U);
    EXPECT_EQ(compiled(hard + "-Wl,-z,execstack"), 1U);
    EXPECT_EQ(compiled(hard + "-fno-stack-protector"), 1U);
    EXPECT_EQ(compiled(hard + "-U_FORTIFY_SOURCE"), 1U);
}

}  // namespace
}  // namespace orderpush::tidy
