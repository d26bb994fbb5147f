orderpush_test(push_adapter_contract_tests LABEL contract
    SOURCES push_adapter_contract_test.cpp
    LINK orderpush_ably_adapter orderpush_builtin_adapter orderpush_pusher_adapter orderpush_support_net)
