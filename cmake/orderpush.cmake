# The two shapes every target of the project has.

find_package(Threads REQUIRED)

# Standard, warnings and sanitizers of every target.
add_library(orderpush_options INTERFACE)
target_compile_features(orderpush_options INTERFACE cxx_std_20)
target_include_directories(orderpush_options INTERFACE ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR})
target_link_libraries(orderpush_options INTERFACE Threads::Threads)
target_compile_options(orderpush_options INTERFACE
    -Werror -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast
    -Wnon-virtual-dtor -Woverloaded-virtual -Wsuggest-override -Wcast-align -Wformat=2
    -Wimplicit-fallthrough -Wdouble-promotion -Wextra-semi)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(orderpush_options INTERFACE
        -Wduplicated-cond -Wduplicated-branches -Wlogical-op -Wuseless-cast)
endif()

# What the OpenSSF's compiler options hardening guide for C and C++ lists for gcc 12 on x86-64.
# Executables are position independent by the distribution's default, which a tidy test checks.
target_compile_options(orderpush_options INTERFACE -fstack-protector-strong -fstack-clash-protection -fcf-protection=full)
target_compile_definitions(orderpush_options INTERFACE _GLIBCXX_ASSERTIONS)
target_link_options(orderpush_options INTERFACE -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack)

set(ORDERPUSH_SANITIZER "" CACHE STRING "address (with undefined), thread, fuzzer (with both of address), or empty")
if(ORDERPUSH_SANITIZER STREQUAL "address")
    target_compile_options(orderpush_options INTERFACE
        -fsanitize=address -fsanitize=undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(orderpush_options INTERFACE -fsanitize=address -fsanitize=undefined)
elseif(ORDERPUSH_SANITIZER STREQUAL "thread")
    # Asio uses a fence that thread sanitizer does not model; the compiler warns about it.
    target_compile_options(orderpush_options INTERFACE -fsanitize=thread -Wno-tsan)
    target_link_options(orderpush_options INTERFACE -fsanitize=thread)
elseif(ORDERPUSH_SANITIZER STREQUAL "fuzzer")
    # Clang only; what it fuzzes links with -fsanitize=fuzzer.
    target_compile_options(orderpush_options INTERFACE
        -fsanitize=fuzzer-no-link -fsanitize=address -fsanitize=undefined -fno-sanitize-recover=all)
    target_link_options(orderpush_options INTERFACE -fsanitize=address -fsanitize=undefined)
elseif(ORDERPUSH_SANITIZER STREQUAL "")
    # It needs optimisation, and the sanitizers check the same calls more thoroughly.
    target_compile_options(orderpush_options INTERFACE -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
else()
    message(FATAL_ERROR "ORDERPUSH_SANITIZER is '${ORDERPUSH_SANITIZER}': use address, thread, fuzzer or nothing")
endif()

# orderpush_library(name SOURCES a.cpp b.cpp LINK other…): one library per folder.
function(orderpush_library name)
    cmake_parse_arguments(ARG "" "" "SOURCES;LINK;PRIVATE_LINK" ${ARGN})
    add_library(${name} STATIC ${ARG_SOURCES})
    target_link_libraries(${name} PUBLIC orderpush_options ${ARG_LINK} PRIVATE ${ARG_PRIVATE_LINK})
endfunction()

# orderpush_test(name LABEL unit SOURCES a_test.cpp LINK orderpush_core [WHOLE]):
# one test executable. WHOLE registers it as a single ctest entry (it sets up something dear,
# such as a database); otherwise each test case is an entry of its own.
function(orderpush_test name)
    cmake_parse_arguments(ARG "WHOLE" "LABEL;TIMEOUT" "SOURCES;LINK" ${ARGN})
    if(NOT ARG_TIMEOUT)
        set(ARG_TIMEOUT 120)
    endif()
    add_executable(${name} ${ARG_SOURCES})
    target_link_libraries(${name} PRIVATE orderpush_options ${ARG_LINK} GTest::gtest_main)
    if(ARG_WHOLE)
        add_test(NAME ${name} COMMAND ${name})
        set_tests_properties(${name} PROPERTIES LABELS ${ARG_LABEL} TIMEOUT ${ARG_TIMEOUT})
    else()
        gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST
            PROPERTIES LABELS ${ARG_LABEL} TIMEOUT ${ARG_TIMEOUT})
    endif()
endfunction()
