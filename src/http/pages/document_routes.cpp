#include "http/pages/document_routes.hpp"

#include "http/pages/embedded_openapi.hpp"
#include "http/pages/static_files.hpp"
#include "usecases/events/event_table.hpp"

namespace orderpush::http {
namespace {

constexpr const char* kDocsFolder = "docs/";

}  // namespace

Error pages_missing() {
    return {
        .kind = ErrorKind::kNotFound,
        .code = "docs_missing",
        .message =
            "This service runs without its pages: they were not built, or the setting "
            "WEB_DIR does not name their folder. The description is at /openapi.json."};
}

Error file_missing() {
    return {.kind = ErrorKind::kNotFound, .code = "not_found", .message = "There is no such file."};
}

Result<Answer> show_docs(const RequestContext& call) {
    const StaticFile* page = call.services.web.find(std::string{kDocsFolder} + "index.html");
    return page == nullptr ? Result<Answer>{pages_missing()} : answer_file(*page, call.request);
}

Result<Answer> show_docs_file(const RequestContext& call) {
    if (call.services.web.is_empty()) {
        return pages_missing();
    }
    const StaticFile* file = call.services.web.find(kDocsFolder + call.captures.front());
    return file == nullptr ? Result<Answer>{file_missing()} : answer_file(*file, call.request);
}

Result<Answer> show_openapi(const RequestContext& call) {
    static const StaticFile document = make_static_file(embedded_openapi(), "application/json");
    return answer_file(document, call.request);
}

Result<Answer> show_event_schema(const RequestContext& call) {
    static const StaticFile document =
        make_static_file(usecases::event_schema_json(), "application/schema+json");
    return answer_file(document, call.request);
}

}  // namespace orderpush::http
