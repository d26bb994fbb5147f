/// One Engine.IO session under any order of polls, POSTs, upgrades and time, a line at a time:
///     g          a GET              G   the client gives the GET up
///     p4hello    a POST of that     b   a second WebSocket begins to probe
///     s2probe    says that on the first WebSocket that began; S on the other
///     x          the first WebSocket goes; X the other
///     e42["a"]   the server sends that    c   it closes
///     t500       so many milliseconds pass

#include "realtime/socketio/engine_io/engine_session.hpp"
#include "realtime/socketio/engine_io/packet.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <array>
#include <map>
#include <optional>
#include <vector>

namespace orderpush::realtime {
namespace {

using fuzz::require;

constexpr std::size_t kLinesMax = 300;

class Socket final : public ClientConnection {
  public:
    void send(const Frame& frame) override {
        require(!is_gone, "nothing is sent on a WebSocket that went");
        std::string body;
        append_engine_packets(body, frame);
        if (!is_closed) {
            packets.push_back(std::move(body));
        }
    }
    void close(CloseCode /*code*/, std::string_view /*reason*/) override { is_closed = true; }

    std::vector<std::string> packets;
    bool is_open = false;
    bool is_closed = false;
    bool is_gone = false;
};

class World final : private EngineListener {
  public:
    explicit World(bool is_polling) : session_(options_, *this, "sid") {
        options_.now = [this] { return now_; };
        options_.rate = {.per_second = 1'000, .burst = 10'000};
        options_.outbound = {.bytes_max = 200, .frames_max = 8};
        if (is_polling) {
            session_.open_by_poll([](const protocol::HttpResponse&) {});
        } else {
            sockets_[0].is_open = true;
            session_.open_on(sockets_[0]);
        }
    }

    void play(const std::string& line);
    void end() {
        for (Socket& socket : sockets_) {
            go(socket);
        }
        session_.close(EngineSession::End::kSilent);
        pass(std::chrono::hours{1});
        require(session_.is_gone(), "a session ends");
        require(closed_ == 1, "and says so once");
        require(answered_ == asked_, "every request was answered, or given up, once");
        check_order();
    }

  private:
    void on_message(std::string_view text) override {
        require(closed_ == 0, "nothing is heard behind the end");
        require(text.size() < 5'000, "a message is one of those sent");
    }
    void on_message_bytes(std::string_view /*bytes*/) override {
        require(closed_ == 0, "nothing is heard behind the end");
    }
    void on_session_closed() override { ++closed_; }

    void poll() {
        ++asked_;
        const std::uint64_t id = ++last_poll_;
        session_.poll(id, [this, is_answered = false](const protocol::HttpResponse& got) mutable {
            require(!std::exchange(is_answered, true), "a request is answered once");
            ++answered_;
            if (got.status == 200) {
                EnginePayload payload{got.body};
                while (const auto packet = payload.next()) {
                    note(*packet);
                }
            }
        });
    }
    void give_up() {
        const int before = answered_;
        session_.abandon_poll(last_poll_);
        const bool was_waiting = session_.is_closed() && answered_ == before && asked_ > answered_;
        answered_ += was_waiting ? 1 : 0;
    }
    void post(const std::string& body) {
        ++asked_;
        session_.receive({.method = "POST", .body = body}, [this](const protocol::HttpResponse&) {
            ++answered_;
        });
    }
    void say(Socket& socket, const std::string& text) {
        if (socket.is_open && !socket.is_gone) {
            session_.on_socket_text(socket, text);
        }
    }
    void go(Socket& socket) {
        if (socket.is_open && !socket.is_gone) {
            socket.is_gone = true;
            session_.on_socket_gone(socket);
        }
    }
    void pass(std::chrono::milliseconds time) {
        now_ += time;
        for (int i = 0; i < 4 && session_.next_due() <= now_; ++i) {
            session_.on_due();
        }
    }
    void note(std::string_view packet) {
        if (packet.starts_with("4#")) {
            heard_.emplace_back(packet.substr(2));
        }
    }
    /// What reached the client is a beginning of what was sent, over whichever transport.
    void check_order() {
        for (const Socket& socket : sockets_) {
            for (const std::string& packet : socket.packets) {
                note(packet);
            }
        }
        for (std::size_t i = 0; i < heard_.size(); ++i) {
            require(heard_[i] == std::to_string(i), "messages arrive in order, none twice");
        }
    }

    EngineOptions options_;
    Deadline now_ = Deadline{} + std::chrono::hours{1};
    std::array<Socket, 2> sockets_;
    EngineSession session_;
    std::uint64_t last_poll_ = 0;
    int asked_ = 0;
    int answered_ = 0;
    int closed_ = 0;
    int sent_ = 0;
    std::vector<std::string> heard_;
};

void World::play(const std::string& line) {
    const char act = line.empty() ? ' ' : line[0];
    const std::string text = line.substr(line.empty() ? 0 : 1);
    if (act == 'g') {
        poll();
    } else if (act == 'G') {
        give_up();
    } else if (act == 'p') {
        post(text);
    } else if (act == 'b') {
        Socket& socket = sockets_[sockets_[0].is_open ? 1 : 0];
        if (!socket.is_open && session_.begin_probe(socket)) {
            socket.is_open = true;
        }
    } else if (act == 's' || act == 'S') {
        say(sockets_[act == 's' ? 0 : 1], text);
    } else if (act == 'x' || act == 'X') {
        go(sockets_[act == 'x' ? 0 : 1]);
    } else if (act == 'e') {
        if (!session_.is_closed()) {
            session_.send(Frame::text("4#" + std::to_string(sent_++)));
        }
    } else if (act == 'c') {
        session_.close(EngineSession::End::kTold);
    } else if (act == 't') {
        pass(std::chrono::milliseconds{std::min(60'000UL, std::strtoul(text.c_str(), nullptr, 10))}
        );
    }
}

}  // namespace
}  // namespace orderpush::realtime

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    orderpush::fuzz::Input input{data, size};
    orderpush::realtime::World world{input.line() != "socket"};
    for (std::size_t i = 0; i < orderpush::realtime::kLinesMax && !input.is_empty(); ++i) {
        world.play(input.line());
    }
    world.end();
    return 0;
}
