#include "tests/tidy/text_rules.hpp"

#include "core/error_codes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace orderpush::tidy {
namespace {

struct BannedCall {
    std::string_view call;
    std::string_view instead;
    /// The one folder where it is right.
    std::string_view home{};
};

constexpr std::array kBannedCalls{
    BannedCall{"std::cout", "write to the log, or fmt::print in src/main"},
    BannedCall{"std::cerr", "write to the log, or fmt::print in src/main", "tests"},
    BannedCall{"printf(", "write to the log, or fmt::print in src/main"},
    BannedCall{"fprintf(", "write to the log, or fmt::print in src/main"},
    BannedCall{"fmt::print(", "write to the log", "src/main"},
    BannedCall{"sleep_for(", "wait for a condition with a deadline"},
    // A fake provider that stalls does so until the caller's deadline.
    BannedCall{"sleep_until(", "wait for a condition with a deadline", "tests/support"},
    BannedCall{"usleep(", "wait for a condition with a deadline"},
    BannedCall{"system(", "start no shell"},
    BannedCall{"popen(", "start no shell", "tests/tidy"},
    BannedCall{"std::regex", "parse by hand: it is slow and recurses without bound"},
    BannedCall{".detach()", "join: std::jthread with a stop token", "src/base/observability"},
    BannedCall{"strcpy(", "use std::string"},
    BannedCall{"strcat(", "use std::string"},
    BannedCall{"sprintf(", "use fmt::format"},
    BannedCall{"std::rand(", "use base's randomness"},
    BannedCall{"getenv(", "settings are read once, in src/main", "src/main"},
};

/// How a statement begins, in lower case, and what must follow somewhere in it.
struct SqlBeginning {
    std::string_view begins;
    std::string_view has{};
};

constexpr std::array kSqlBeginnings{
    SqlBeginning{"select ", " from "},
    SqlBeginning{"with ", " as ("},
    SqlBeginning{"insert into "},
    SqlBeginning{"update ", " set "},
    SqlBeginning{"delete from "},
    SqlBeginning{"create table "},
    SqlBeginning{"create index "},
    SqlBeginning{"alter table "},
    SqlBeginning{"alter role "},
    SqlBeginning{"drop table "},
    SqlBeginning{"lock table "},
    SqlBeginning{"listen "},
    SqlBeginning{"on conflict "},
};

/// Where the text of another place begins: trackers, machines, unfinished work.
constexpr std::array<std::string_view, 5> kElsewhere{
    "issue #", "Issue #", "/root/", "/home/", "FIXME"};

bool is_cpp(const SourceFile& file) {
    return file.is_cpp();
}

/// The rules themselves name what they forbid.
bool is_no_rule(const SourceFile& file) {
    return !file.is_in("tests/tidy");
}

bool is_without_sql(const SourceFile& file) {
    const bool is_product =
        file.is_cpp() && (file.is_in("src") || file.is_in("adapters") || file.is_in("webhooks"));
    return is_product && !file.is_in("src/storage");
}

/// In lower case, with one space for any white space, and one at the end.
std::string folded(std::string_view text) {
    std::string line;
    for (const char c : text) {
        const bool is_space = std::isspace(static_cast<unsigned char>(c)) != 0;
        if (!is_space) {
            line += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        } else if (!line.empty() && line.back() != ' ') {
            line += ' ';
        }
    }
    return line + ' ';
}

bool is_sql(std::string_view text) {
    const std::string line = folded(text);
    return std::ranges::any_of(kSqlBeginnings, [&](const SqlBeginning& each) {
        return line.starts_with(each.begins) && line.find(each.has) != std::string::npos;
    });
}

/// Whether `code` has `call`, not as the end of a longer name.
bool calls(const std::string& code, std::string_view call) {
    for (auto at = code.find(call); at != std::string::npos; at = code.find(call, at + 1)) {
        const char before = at == 0 ? ' ' : code[at - 1];
        const bool is_longer_name =
            std::isalnum(static_cast<unsigned char>(before)) != 0 || before == '_';
        if (call.front() == '.' || !is_longer_name) {
            return true;
        }
    }
    return false;
}

bool is_exempt(const SourceFile& file, const BannedCall& banned) {
    // Tests read where their database is from the environment.
    const bool is_test_setting =
        banned.call == "getenv(" && (file.is_in("tests") || file.is_in("bench"));
    // A benchmark's answer is what it prints.
    const bool is_report = file.is_in("bench") && banned.instead.starts_with("write to the log");
    // Between two looks at a condition, in the one function that polls with a deadline.
    const bool is_poll = banned.call == "sleep_for(" && file.is_in("tests") &&
                         file.text().find("bool eventually(") != std::string::npos;
    return is_test_setting || is_report || is_poll ||
           (!banned.home.empty() && file.is_in(banned.home));
}

bool has_todo_without_condition(const std::string& line) {
    const auto at = line.find("TODO");
    return at != std::string::npos && !line.substr(at).starts_with("TODO(");
}

bool is_build_list(const SourceFile& file) {
    return file.name() == "CMakeLists.txt" || file.path.ends_with(".cmake");
}

void add_banned_calls(const SourceFile& file, std::size_t index, Findings& findings) {
    const std::string code = code_of(file.lines[index]);
    for (const BannedCall& banned : kBannedCalls) {
        if (!is_exempt(file, banned) && calls(code, banned.call)) {
            findings.push_back(
                finding(file, index, fmt::format("{} is banned: {}", banned.call, banned.instead))
            );
        }
    }
}

void add_references_elsewhere(const SourceFile& file, std::size_t index, Findings& findings) {
    const std::string& line = file.lines[index];
    for (const std::string_view phrase : kElsewhere) {
        if (line.find(phrase) != std::string::npos) {
            findings.push_back(
                finding(file, index, fmt::format("speaks of another place: {}", phrase))
            );
        }
    }
    if (has_todo_without_condition(line)) {
        findings.push_back(finding(file, index, "TODO(condition for its removal), please"));
    }
}

}  // namespace

Findings check_banned_calls(const SourceTree& tree) {
    Findings findings;
    visit_lines(tree, is_cpp, [&](const SourceFile& file, std::size_t index) {
        add_banned_calls(file, index, findings);
    });
    return findings;
}

Findings check_sql_homes(const SourceTree& tree) {
    Findings findings;
    for (const SourceFile& file : tree.files) {
        if (!is_without_sql(file)) {
            continue;
        }
        for (const StringLiteral& literal : string_literals(file)) {
            if (is_sql(literal.text)) {
                findings.push_back(finding(file, literal.index, "SQL belongs to src/storage"));
            }
        }
    }
    return findings;
}

Findings check_lines_stand_alone(const SourceTree& tree) {
    Findings findings;
    visit_lines(tree, is_no_rule, [&](const SourceFile& file, std::size_t index) {
        add_references_elsewhere(file, index, findings);
    });
    return findings;
}

Findings check_sources_are_built(const SourceTree& tree) {
    Findings findings;
    for (const SourceFile& file : tree.files) {
        if (!file.path.ends_with(".cpp")) {
            continue;
        }
        const bool is_built = std::ranges::any_of(tree.files, [&](const SourceFile& list) {
            const std::string folder = list.path.substr(0, list.path.rfind('/') + 1);
            return is_build_list(list) && file.path.starts_with(folder) &&
                   list.text().find(file.name()) != std::string::npos;
        });
        if (!is_built) {
            findings.push_back(file.path + ": no CMakeLists.txt names it");
        }
    }
    return findings;
}

Findings check_error_codes(const SourceTree& tree) {
    constexpr std::string_view kMember = ".code = \"";
    Findings findings;
    const auto is_product = [](const SourceFile& file) {
        return file.is_cpp() &&
               (file.is_in("src") || file.is_in("adapters") || file.is_in("webhooks"));
    };
    visit_lines(tree, is_product, [&](const SourceFile& file, std::size_t index) {
        const std::string& line = file.lines[index];
        const auto begin = line.find(kMember);
        if (begin == std::string::npos) {
            return;
        }
        const std::string code = line.substr(
            begin + kMember.size(), line.find('"', begin + kMember.size()) - begin - kMember.size()
        );
        const bool is_known =
            find_error_code(code) != nullptr ||
            std::ranges::find(kInternalErrorCodes, code) != kInternalErrorCodes.end();
        if (!is_known) {
            findings.push_back(finding(file, index, code + " is not in src/core/error_codes.hpp"));
        }
    });
    return findings;
}

}  // namespace orderpush::tidy
