#include "tests/support/postgres/test_database.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <string>

namespace orderpush::test {
namespace {

using Lines = std::multiset<std::string>;

/// "table: column" as the document writes a column. A unique constraint that contains the primary
/// key is only there to be referred to, and is not drawn.
constexpr const char* kColumns = R"sql(
select t.relname || ': '
    || replace(
        replace(format_type(a.atttypid, a.atttypmod), 'timestamp with time zone', 'timestamptz'),
        'character', 'char'
    )
    || ' ' || a.attname
    || coalesce(' ' || (
        select string_agg(k.mark, ', ' order by array_position(array['PK', 'FK', 'UK'], k.mark))
        from (
            select distinct
                case c.contype when 'p' then 'PK' when 'f' then 'FK' else 'UK' end as mark
            from pg_constraint c
            left join pg_constraint p on p.conrelid = c.conrelid and p.contype = 'p'
            where c.conrelid = t.oid and a.attnum = any (c.conkey)
                and (c.contype in ('p', 'f') or c.contype = 'u' and not c.conkey @> p.conkey)
        ) k
    ), '')
    || case when a.attnotnull then '' else ' "null"' end
from pg_class t
join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
where t.relnamespace = 'public'::regnamespace and t.relkind = 'r'
)sql";

/// Foreign keys as the document draws them: how many rows may refer, and whether one has to.
constexpr const char* kReferences = R"sql(
select c.conrelid::regclass || ' '
    || case when exists (
        select 1
        from pg_constraint u
        where u.conrelid = c.conrelid and u.contype in ('p', 'u') and u.conkey <@ c.conkey
    ) then '|o' else '}o' end
    || '--' || case when bool_and(a.attnotnull) then '||' else 'o|' end
    || ' ' || c.confrelid::regclass
    || ' : "' || string_agg(a.attname, ', ' order by array_position(c.conkey, a.attnum)) || '"'
from pg_constraint c
join pg_attribute a on a.attrelid = c.conrelid and a.attnum = any (c.conkey)
where c.connamespace = 'public'::regnamespace and c.contype = 'f'
group by c.oid, c.conrelid, c.confrelid, c.conkey
)sql";

struct Drawing {
    Lines columns;
    Lines references;
};

std::string trimmed(const std::string& line) {
    const auto begin = line.find_first_not_of(' ');
    return begin == std::string::npos ? "" : line.substr(begin);
}

/// What the document's diagrams say.
Drawing read_document() {
    std::ifstream document{ORDERPUSH_DATA_MODEL};
    EXPECT_TRUE(document) << "cannot read " << ORDERPUSH_DATA_MODEL;
    Drawing drawing;
    bool is_diagram = false;
    std::string table;
    for (std::string raw; std::getline(document, raw);) {
        const std::string line = trimmed(raw);
        if (line.starts_with("```")) {
            is_diagram = line == "```mermaid";
        } else if (!is_diagram || line == "erDiagram") {
            continue;
        } else if (line.ends_with(" {")) {
            table = line.substr(0, line.size() - 2);
        } else if (line == "}") {
            table.clear();
        } else if (table.empty()) {
            drawing.references.insert(line);
        } else {
            drawing.columns.insert(table + ": " + line);
        }
    }
    return drawing;
}

Lines first_column_of(const pqxx::result& rows) {
    Lines lines;
    for (const auto& row : rows) {
        lines.insert(row[0].c_str());
    }
    return lines;
}

void expect_same(const Lines& drawn, const Lines& migrated) {
    for (const std::string& line : migrated) {
        EXPECT_TRUE(drawn.contains(line)) << "docs/data-model.md lacks: " << line;
    }
    for (const std::string& line : drawn) {
        EXPECT_TRUE(migrated.contains(line)) << "docs/data-model.md draws what is not: " << line;
    }
    EXPECT_EQ(drawn.size(), migrated.size()) << "a line is drawn twice";
}

TEST(DataModelTest, DocumentDrawsEveryColumnWithItsKeys) {
    const TestDatabase database;
    expect_same(read_document().columns, first_column_of(database.execute(kColumns)));
}

TEST(DataModelTest, DocumentDrawsEveryForeignKey) {
    const TestDatabase database;
    expect_same(read_document().references, first_column_of(database.execute(kReferences)));
}

TEST(DataModelTest, MigrationThatIsNotDrawnIsNoticed) {
    const TestDatabase database;
    database.execute(
        "create table coupons (id uuid not null, restaurant_id uuid references restaurants)"
    );
    const Lines columns = first_column_of(database.execute(kColumns));
    EXPECT_TRUE(columns.contains("coupons: uuid restaurant_id FK \"null\""));
    EXPECT_FALSE(read_document().columns.contains("coupons: uuid restaurant_id FK \"null\""));
    const Lines references = first_column_of(database.execute(kReferences));
    EXPECT_TRUE(references.contains("coupons }o--o| restaurants : \"restaurant_id\""));
}

}  // namespace
}  // namespace orderpush::test
