# cmake -DOUTPUT=x.cpp -DMIGRATIONS=a.sql;b.sql -DSEED=demo.sql -P embed_sql.cmake
# Writes the SQL files into a source as raw literals, so that the binary carries its own schema.
set(source "#include \"storage/database/embedded_sql.hpp\"\n\nnamespace orderpush::storage {\n\n")
string(APPEND source "std::span<const Migration> embedded_migrations() {\n    static constexpr Migration kMigrations[] = {\n")
foreach(file IN LISTS MIGRATIONS)
    get_filename_component(name "${file}" NAME_WE)
    string(REGEX MATCH "^[0-9]+" digits "${name}")
    math(EXPR version "1${digits} - 10000")
    # file(READ) keeps brackets and semicolons in a quoted argument as they are.
    file(READ "${file}" text)
    string(APPEND source "        {${version}, \"${name}\", R\"sql(${text})sql\"},\n")
endforeach()
file(READ "${SEED}" text)
string(APPEND source "    };\n    return kMigrations;\n}\n\nconst char* embedded_demo_seed() {\n    return R\"sql(${text})sql\";\n}\n\n}  // namespace orderpush::storage\n")
file(WRITE "${OUTPUT}" "${source}")
