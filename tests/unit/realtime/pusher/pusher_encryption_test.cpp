#include "base/crypto/crypto.hpp"
#include "tests/unit/realtime/pusher/pusher_world.hpp"

#include <sodium.h>

#include <array>

/// Encrypted channels: the server has no key and changes nothing. The vectors were reproduced with
/// tweetnacl, libsodium and pusher-js 8.6.0.
namespace orderpush::realtime {
namespace {

using test::Client;

constexpr const char* kChannel = "private-encrypted-vault";
constexpr const char* kNonce = "QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZX";
constexpr const char* kCiphertext = "ON2gzIDlg66thftGtau4GbFx5VbmzfOIstONCcTM";

std::string decoded(const std::string& text) {
    std::string bytes(text.size(), '\0');
    std::size_t size = 0;
    EXPECT_EQ(
        sodium_base642bin(
            reinterpret_cast<unsigned char*>(bytes.data()),
            bytes.size(),
            text.data(),
            text.size(),
            nullptr,
            &size,
            nullptr,
            sodium_base64_VARIANT_ORIGINAL
        ),
        0
    );
    bytes.resize(size);
    return bytes;
}

/// SHA-256 of the channel's name and the master key 00 01 … 1f.
std::string shared_secret() {
    std::string text{kChannel};
    for (char byte = 0; byte < 32; ++byte) {
        text.push_back(byte);
    }
    std::string hash(crypto_hash_sha256_BYTES, '\0');
    crypto_hash_sha256(
        reinterpret_cast<unsigned char*>(hash.data()),
        reinterpret_cast<const unsigned char*>(text.data()),
        text.size()
    );
    return hash;
}

/// Nothing if it was changed.
std::optional<std::string> opened(const std::string& nonce, const std::string& ciphertext) {
    std::string text(ciphertext.size() - crypto_secretbox_MACBYTES, '\0');
    const int result = crypto_secretbox_open_easy(
        reinterpret_cast<unsigned char*>(text.data()),
        reinterpret_cast<const unsigned char*>(ciphertext.data()),
        ciphertext.size(),
        reinterpret_cast<const unsigned char*>(nonce.data()),
        reinterpret_cast<const unsigned char*>(shared_secret().data())
    );
    return result == 0 ? std::optional{text} : std::nullopt;
}

class PusherEncryptionTest : public test::PusherWorld {
  protected:
    PusherEncryptionTest() : PusherWorld({}) {}
};

TEST_F(PusherEncryptionTest, DeliversWhatOnlyTheSubscriberCanRead) {
    EXPECT_EQ(base64(shared_secret()), "wp8Orjt2S4H4n8dDP7pa2A9reduRTTedbaiVnjqomsc=");
    Client client = connect();
    subscribe(client, kChannel);
    publish(
        kChannel,
        std::string{R"({"nonce":")"} + kNonce + R"(","ciphertext":")" + kCiphertext + R"("})"
    );
    const auto data = client.last_data();
    const std::string nonce = decoded(data["nonce"]);
    std::string ciphertext = decoded(data["ciphertext"]);
    EXPECT_EQ(opened(nonce, ciphertext), R"({"pin":"1234"})");
    ciphertext.back() = static_cast<char>(ciphertext.back() ^ 1);
    EXPECT_FALSE(opened(nonce, ciphertext));
}

}  // namespace
}  // namespace orderpush::realtime
