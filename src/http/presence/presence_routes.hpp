#pragma once

#include "http/routing/route.hpp"

namespace orderpush::http {

/// GET /v1/branches/{id}/displays → 200 {branchId, displays: [{memberId, name, role, station?,
/// since, connections}]}: who is in the kitchen's channel, the longest there first.
Result<Answer> list_displays(const RequestContext& call);
/// GET /v1/channels/{channel}/presence → 200 {channel, members: [{memberId, info, since,
/// connections}]}; 404 for an unknown channel, 422 for one that has no members.
Result<Answer> list_members(const RequestContext& call);

}  // namespace orderpush::http
