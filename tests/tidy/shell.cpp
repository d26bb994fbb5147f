#include "tests/tidy/shell.hpp"

#include <array>
#include <cstdio>
#include <sys/wait.h>

namespace orderpush::tidy {

ShellAnswer ask_shell(const std::string& command) {
    std::FILE* pipe = ::popen(command.c_str(), "r");
    if (pipe == nullptr) {
        return {.status = -1, .output = "cannot start a shell"};
    }
    ShellAnswer answer;
    std::array<char, 4096> chunk{};
    while (const std::size_t length = std::fread(chunk.data(), 1, chunk.size(), pipe)) {
        answer.output.append(chunk.data(), length);
    }
    const int ended = ::pclose(pipe);
    answer.status = WIFEXITED(ended) ? WEXITSTATUS(ended) : -1;
    return answer;
}

std::string quoted(const std::string& text) {
    std::string word = "'";
    for (const char c : text) {
        word += c == '\'' ? std::string{"'\\''"} : std::string{c};
    }
    return word + "'";
}

}  // namespace orderpush::tidy
