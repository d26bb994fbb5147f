#include "tests/tidy/delivery_rules.hpp"
#include "tests/tidy/document_rules.hpp"
#include "tests/tidy/include_rules.hpp"
#include "tests/tidy/shell.hpp"
#include "tests/tidy/size_rules.hpp"
#include "tests/tidy/statement_rules.hpp"
#include "tests/tidy/text_rules.hpp"

#include <gtest/gtest.h>

namespace orderpush::tidy {
namespace {

class ProjectTest : public testing::Test {
  protected:
    static const SourceTree& project() {
        static const SourceTree tree = read_tree(ORDERPUSH_ROOT);
        return tree;
    }

    static void expect_none(const Findings& findings) {
        for (const std::string& each : findings) {
            ADD_FAILURE() << each;
        }
    }
};

TEST_F(ProjectTest, IncludesFollowTheArrows) {
    expect_none(check_include_arrows(project()));
}

TEST_F(ProjectTest, ThirdPartyHeadersStayHome) {
    expect_none(check_third_party_homes(project()));
}

TEST_F(ProjectTest, FilesStaySmall) {
    expect_none(check_file_sizes(project()));
}

TEST_F(ProjectTest, FunctionsStaySmall) {
    expect_none(check_function_sizes(project()));
}

TEST_F(ProjectTest, BannedCallsStayOut) {
    expect_none(check_banned_calls(project()));
}

TEST_F(ProjectTest, SqlStaysInStorage) {
    expect_none(check_sql_homes(project()));
}

TEST_F(ProjectTest, EveryStatementIsListed) {
    expect_none(check_statements_are_listed(project()));
}

TEST_F(ProjectTest, ErrorCodesStandInTheTable) {
    expect_none(check_error_codes(project()));
}

TEST_F(ProjectTest, EveryLineStandsAlone) {
    expect_none(check_lines_stand_alone(project()));
}

TEST_F(ProjectTest, DocumentsFitTheirColumns) {
    expect_none(check_document_lines(project()));
}

TEST_F(ProjectTest, DocumentsHaveHeadings) {
    expect_none(check_document_sections(project()));
}

TEST_F(ProjectTest, LinksOfDocumentsLeadSomewhere) {
    expect_none(check_document_links(project()));
}

TEST_F(ProjectTest, PathsInDocumentsExist) {
    expect_none(check_document_paths(project()));
}

TEST_F(ProjectTest, EverySourceIsBuilt) {
    expect_none(check_sources_are_built(project()));
}

TEST_F(ProjectTest, DockerfileGoesThroughDev) {
    expect_none(check_dockerfile(project()));
}

TEST_F(ProjectTest, MigrationsAreAsRecorded) {
    expect_none(check_migrations(project()));
}

TEST_F(ProjectTest, EnvExampleIsTheSettingsTable) {
    const auto answer = ask_shell(quoted(ORDERPUSH_BINARY) + " settings-example");
    ASSERT_EQ(answer.status, 0);
    expect_none(check_env_example(project(), answer.output));
}

TEST_F(ProjectTest, ShellScriptsParse) {
    expect_none(check_shell_scripts(project()));
}

TEST_F(ProjectTest, RuntimePackagesAreTheLinkedLibraries) {
    expect_none(check_runtime_packages(project(), ORDERPUSH_BINARY));
}

TEST_F(ProjectTest, BinaryIsHardened) {
    expect_none(check_hardening(ORDERPUSH_BINARY));
}

TEST_F(ProjectTest, FoldersStaySmall) {
    expect_none(check_folder_sizes(project()));
}

}  // namespace
}  // namespace orderpush::tidy
