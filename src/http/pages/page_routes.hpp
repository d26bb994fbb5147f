#pragma once

#include "http/routing/route.hpp"
#include "usecases/access/realtime_service.hpp"

#include <span>
#include <string>

namespace orderpush::http {

/// GET /kitchen: the kitchen display.
Result<Answer> show_kitchen_page(const RequestContext& call);
/// GET /t/{qrToken}, where a table's QR code leads, and GET /t, where the page goes once it has
/// used the code: the guest page. The code is the page's to check; it is not looked at here.
Result<Answer> show_guest_page(const RequestContext& call);
/// GET /waiter: the waiters' tablet.
Result<Answer> show_waiter_page(const RequestContext& call);
/// GET /ops: how the service does, for those who look after it.
Result<Answer> show_operations_page(const RequestContext& call);
/// GET /assets/{file}: what the pages consist of. Names carry a hash of the content, so browsers
/// keep them for good.
Result<Answer> show_asset(const RequestContext& call);

/// The Content-Security-Policy of the pages: scripts and styles are files from here, and they
/// connect to here and to the providers of `endpoints`.
std::string page_policy(std::span<const usecases::RealtimeEndpoint> endpoints);

}  // namespace orderpush::http
