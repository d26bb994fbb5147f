#pragma once

#include "http/routing/route.hpp"

namespace orderpush::http {

/// GET /docs: the page that shows the API's description.
Result<Answer> show_docs(const RequestContext& call);
/// GET /docs/{file}: what that page consists of.
Result<Answer> show_docs_file(const RequestContext& call);
/// GET /openapi.json: the description, which this binary carries.
Result<Answer> show_openapi(const RequestContext& call);
/// GET /events.schema.json: the JSON Schema of every event's payload.
Result<Answer> show_event_schema(const RequestContext& call);

/// kNotFound "docs_missing": the service has no pages, or none of this name.
Error pages_missing();
/// kNotFound "not_found", of a file of the pages.
Error file_missing();

}  // namespace orderpush::http
