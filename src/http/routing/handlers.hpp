#pragma once

#include "http/routing/route.hpp"

/// What the routes lead to; each is described where it is defined.
namespace orderpush::http {

// access/ably_routes.cpp
Handler authorize_ably;

// access/api_key_routes.cpp
Handler create_api_key;
Handler list_api_keys;
Handler revoke_api_key;

// access/audit_routes.cpp
Handler list_audit;

// access/realtime_routes.cpp
Handler show_realtime;
Handler authorize_pusher_channel;
Handler authorize_pusher_user;

// access/staff_routes.cpp
Handler log_in_staff;
Handler change_own_password;
Handler renew_staff_token;
Handler list_staff;
Handler create_staff;
Handler change_staff;
Handler sign_out_staff;
Handler set_staff_password;

// delivery/delivery_routes.cpp
Handler list_deliveries;
Handler retry_delivery;
Handler retry_deliveries;
Handler list_adapters;

// events/event_routes.cpp
Handler list_events;

// incoming_webhooks/incoming_webhook_routes.cpp
Handler receive_pusher_webhook;
Handler receive_ably_webhook;

// kitchen/kitchen_routes.cpp
Handler list_tickets;
Handler show_board;
Handler show_all_day;
Handler show_kitchen_stats;

// kitchen/receipt_routes.cpp
Handler report_receipts;
Handler show_timeline;

// kitchen/ticket_routes.cpp
Handler show_ticket;
Handler change_ticket;
Handler bump_ticket;
Handler recall_ticket;
Handler hold_ticket;
Handler fire_ticket;
Handler rush_ticket;

// operations/health_routes.cpp
Handler show_live;
Handler show_ready;
Handler show_metrics;

// operations/operations_routes.cpp
Handler show_operations;
Handler find_orders;

// orders/legacy_routes.cpp
Handler place_public_order;
Handler change_kitchen_order;
Handler list_kitchen_orders;

// orders/order_routes.cpp
Handler place_order;
Handler list_orders;
Handler show_order;
Handler change_order;
Handler add_items;
Handler change_item;
Handler request_cancel;
Handler accept_cancel;
Handler reject_cancel;

// outgoing_webhooks/outgoing_webhook_routes.cpp
Handler list_webhooks;
Handler replay_webhook;
Handler list_webhook_endpoints;
Handler enable_webhook_endpoint;

// outgoing_webhooks/restaurant_webhook_routes.cpp
Handler show_restaurant_webhook;
Handler set_restaurant_webhook;
Handler remove_restaurant_webhook;

// pages/document_routes.cpp
Handler show_docs;
Handler show_docs_file;
Handler show_openapi;
Handler show_event_schema;

// pages/page_routes.cpp
Handler show_home_page;
Handler show_service_worker;
Handler show_kitchen_page;
Handler show_guest_page;
Handler show_waiter_page;
Handler show_operations_page;
Handler show_asset;

// payments/payment_routes.cpp
Handler take_payment;
Handler show_payment;

// presence/presence_routes.cpp
Handler list_displays;
Handler list_members;

// restaurant/branch_routes.cpp
Handler list_branches;
Handler create_branch;
Handler show_branch;
Handler change_branch;
Handler list_areas;
Handler create_area;
Handler change_area;
Handler list_stations;
Handler create_station;
Handler change_station;

// restaurant/menu_routes.cpp
Handler show_menu;
Handler create_menu_item;
Handler change_menu_item;

// restaurant/restaurant_routes.cpp
Handler create_restaurant;
Handler list_restaurants;
Handler show_restaurant;
Handler change_restaurant;
Handler show_own_restaurant;
Handler change_own_restaurant;

// tables/session_routes.cpp
Handler open_session;
Handler show_session;
Handler close_session;

// tables/table_routes.cpp
Handler list_tables;
Handler show_floor;
Handler create_table;
Handler change_table;
Handler renew_qr_token;

}  // namespace orderpush::http
