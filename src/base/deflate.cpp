#include "base/deflate.hpp"

#include <array>
#include <new>
#include <zlib.h>

namespace orderpush {
namespace {

/// Without zlib's own header and checksum; the largest window.
constexpr int kRawWindowBits = -15;
constexpr int kMemoryLevel = 8;
/// What ends the data of Z_SYNC_FLUSH.
constexpr std::string_view kTail{"\0\0\xFF\xFF", 4};

/// One stream per thread: making one costs more than using it.
class Deflater {
  public:
    Deflater() {
        const int made = deflateInit2(
            &stream, Z_BEST_SPEED, Z_DEFLATED, kRawWindowBits, kMemoryLevel, Z_DEFAULT_STRATEGY
        );
        if (made != Z_OK) {
            throw std::bad_alloc{};
        }
    }
    Deflater(const Deflater&) = delete;
    Deflater& operator=(const Deflater&) = delete;
    ~Deflater() { deflateEnd(&stream); }

    z_stream stream{};
};

class Inflater {
  public:
    Inflater() {
        if (inflateInit2(&stream, kRawWindowBits) != Z_OK) {
            throw std::bad_alloc{};
        }
    }
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;
    ~Inflater() { inflateEnd(&stream); }

    z_stream stream{};
};

/// zlib reads through it and does not write.
Bytef* input_of(std::string_view text) {
    return reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
}

/// What comes out of `step` (deflate or inflate) until it wants more input; the last status.
template <class Step>
int drain(z_stream& stream, const Step& step, std::size_t size_max, std::string& into) {
    std::array<char, 4096> piece{};
    int status = Z_OK;
    do {
        stream.next_out = reinterpret_cast<Bytef*>(piece.data());
        stream.avail_out = static_cast<uInt>(piece.size());
        status = step();
        into.append(piece.data(), piece.size() - stream.avail_out);
    } while (status == Z_OK && stream.avail_out == 0 && into.size() <= size_max);
    return status;
}

}  // namespace

std::string deflate_message(std::string_view text) {
    thread_local Deflater deflater;
    z_stream& stream = deflater.stream;
    deflateReset(&stream);
    stream.next_in = input_of(text);
    stream.avail_in = static_cast<uInt>(text.size());
    std::string bytes;
    drain(
        stream, [&] { return deflate(&stream, Z_SYNC_FLUSH); }, std::string::npos - 1, bytes
    );
    bytes.resize(bytes.size() - kTail.size());
    return bytes;
}

Inflated inflate_message(std::string_view bytes, std::size_t size_max) {
    thread_local Inflater inflater;
    z_stream& stream = inflater.stream;
    inflateReset(&stream);
    Inflated inflated;
    for (const std::string_view part : {bytes, kTail}) {
        stream.next_in = input_of(part);
        stream.avail_in = static_cast<uInt>(part.size());
        const int status = drain(
            stream, [&] { return inflate(&stream, Z_SYNC_FLUSH); }, size_max, inflated.text
        );
        if (inflated.text.size() > size_max) {
            return {.fault = Inflated::Fault::kTooLarge, .text = {}};
        }
        if (status == Z_STREAM_END) {
            break;
        }
        if (status != Z_OK && status != Z_BUF_ERROR) {
            return {.fault = Inflated::Fault::kInvalid, .text = {}};
        }
    }
    return inflated;
}

}  // namespace orderpush
