#include "core/error_codes.hpp"
#include "http/pages/embedded_openapi.hpp"
#include "http/pages/pages.hpp"
#include "http/pages/static_files.hpp"
#include "http/routing/handlers.hpp"
#include "http/routing/services.hpp"
#include "usecases/events/event_table.hpp"

namespace orderpush::http {
namespace {

constexpr const char* kDocsFolder = "docs/";

}  // namespace

Error pages_missing() {
    return make_error("docs_missing");
}

Error file_missing() {
    return make_error("not_found", "There is no such file.");
}

/// GET /docs: the page that shows the API's description.
Result<Response> show_docs(const RequestContext& context) {
    const StaticFile* page = context.web.find(std::string{kDocsFolder} + "index.html");
    return page == nullptr ? Result<Response>{pages_missing()}
                           : file_response(*page, context.request);
}

/// GET /docs/{file}: what that page consists of.
Result<Response> show_docs_file(const RequestContext& context) {
    if (context.web.is_empty()) {
        return pages_missing();
    }
    const StaticFile* file = context.web.find(kDocsFolder + context.captures.front());
    return file == nullptr ? Result<Response>{file_missing()}
                           : file_response(*file, context.request);
}

/// GET /openapi.json: the description, which this binary carries.
Result<Response> show_openapi(const RequestContext& context) {
    static const StaticFile document = make_static_file(embedded_openapi(), "application/json");
    return file_response(document, context.request);
}

/// GET /events.schema.json: the JSON Schema of every event's payload.
Result<Response> show_event_schema(const RequestContext& context) {
    static const StaticFile document =
        make_static_file(usecases::event_schema_json(), "application/schema+json");
    return file_response(document, context.request);
}

}  // namespace orderpush::http
