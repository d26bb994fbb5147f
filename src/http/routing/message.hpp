#pragma once

#include "protocol/http_message.hpp"

namespace orderpush::http {

using protocol::equal_ignoring_case;
using Request = protocol::HttpRequest;
using Response = protocol::HttpResponse;

}  // namespace orderpush::http
