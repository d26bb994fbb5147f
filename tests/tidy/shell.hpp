#pragma once

#include <string>

namespace orderpush::tidy {

struct ShellAnswer {
    int status = 0;
    /// Standard output.
    std::string output;
};

/// Runs a command line of ours with sh and waits for it.
ShellAnswer ask_shell(const std::string& command);
/// `text` as one word of sh.
std::string quoted(const std::string& text);

}  // namespace orderpush::tidy
