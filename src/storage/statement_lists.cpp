#include "storage/statement_lists.hpp"

#include <stdexcept>
#include <string>

namespace orderpush::storage {

std::vector<Statement> all_statements() {
    std::vector<Statement> all;
    for (const auto statements :
         {alarm_statements(),
          announcement_statements(),
          audit_statements(),
          broker_statements(),
          channel_event_statements(),
          delivery_statements(),
          event_log_statements(),
          hub_log_statements(),
          idempotency_statements(),
          incoming_webhook_statements(),
          instance_statements(),
          kitchen_statements(),
          log_epoch_statements(),
          menu_statements(),
          operations_statements(),
          order_statements(),
          outbox_statements(),
          outgoing_webhook_statements(),
          payment_statements(),
          pool_statements(),
          presence_statements(),
          pusher_app_statements(),
          receipt_statements(),
          recovery_statements(),
          relay_stream_statements(),
          restaurant_statements(),
          restaurant_webhook_statements(),
          retention_statements(),
          schema_statements(),
          session_statements(),
          staff_statements(),
          stats_statements(),
          table_statements()}) {
        all.insert(all.end(), statements.begin(), statements.end());
    }
    return all;
}

Statement find_statement(std::string_view name) {
    for (const Statement& statement : all_statements()) {
        if (statement.name == name) {
            return statement;
        }
    }
    throw std::invalid_argument{"there is no statement " + std::string{name}};
}

}  // namespace orderpush::storage
