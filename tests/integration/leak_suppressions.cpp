/// libpqxx 6.4 does not free the result of a statement whose connection broke while it waited; we
/// cannot, for it keeps the only pointer. Read by the leak sanitizer, unused without it.
extern "C" const char* __lsan_default_suppressions();   // NOLINT(bugprone-reserved-identifier)
extern "C" const char* __lsan_default_suppressions() {  // NOLINT(bugprone-reserved-identifier)
    return "leak:pqxx::connection_base::exec_prepared\n"
           "leak:PQmakeEmptyPGresult\n";  // of BEGIN and COMMIT: its frames have no names
}
