#include "net/curl_http_client.hpp"

#include "base/observability/log.hpp"
#include "net/curl_transfer.hpp"

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>

namespace orderpush::net {
namespace {

/// With no transfer in hand the thread wakes up for nothing else than a request.
constexpr int kIdlePollMs = 60'000;
constexpr long kConnectionsKept = 16;
/// What the thread may take beyond a deadline before the caller stops waiting for it.
constexpr std::chrono::milliseconds kGrace{100};

struct MultiFree {
    void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
using MultiHandle = std::unique_ptr<CURLM, MultiFree>;

Error no_answer(ErrorKind kind, const char* code) {
    return {.kind = kind, .code = code, .message = "There was no answer."};
}

/// The answers to the requests of one exchange(); shared with the thread, which may be late.
class Answers {
  public:
    explicit Answers(std::size_t count) : results_(count), pending_(count) {}

    void settle(std::size_t index, Result<HttpResponse> result) {
        const std::scoped_lock lock{mutex_};
        results_[index] = std::move(result);
        if (--pending_ == 0) {
            settled_.notify_all();
        }
    }

    std::vector<Result<HttpResponse>> wait(Deadline deadline) {
        std::unique_lock lock{mutex_};
        settled_.wait_until(lock, deadline, [this] { return pending_ == 0; });
        std::vector<Result<HttpResponse>> taken;
        taken.reserve(results_.size());
        for (auto& result : results_) {
            taken.push_back(
                result ? *std::exchange(result, no_answer(ErrorKind::kInternal, "taken"))
                       : no_answer(ErrorKind::kTimeout, "timed_out")
            );
        }
        return taken;
    }

  private:
    std::mutex mutex_;
    std::condition_variable settled_;
    /// Guarded by mutex_:
    std::vector<std::optional<Result<HttpResponse>>> results_;
    std::size_t pending_;
};

/// A request and where its answer goes.
struct Order {
    std::unique_ptr<CurlTransfer> transfer;
    std::shared_ptr<Answers> answers;
    std::size_t index = 0;
};

void require_libcurl() {
    static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (ready != CURLE_OK) {
        throw std::runtime_error("libcurl cannot be initialised");
    }
}

}  // namespace

class CurlHttpClient::Worker {
  public:
    explicit Worker(const HttpClientOptions& options) : options_(options) {
        require_libcurl();
        multi_.reset(curl_multi_init());
        if (!multi_) {
            throw std::bad_alloc();
        }
        const auto per_host = static_cast<long>(options_.connections_per_host_max);
        curl_multi_setopt(multi_.get(), CURLMOPT_MAX_HOST_CONNECTIONS, per_host);
        curl_multi_setopt(multi_.get(), CURLMOPT_MAXCONNECTS, kConnectionsKept);
        thread_ = std::jthread{[this] { run(); }};
    }
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;
    ~Worker() {
        {
            const std::scoped_lock lock{mutex_};
            is_stopping_ = true;
        }
        curl_multi_wakeup(multi_.get());
        thread_.join();
    }

    /// False if there are too many already.
    bool submit(Order order) {
        {
            const std::scoped_lock lock{mutex_};
            if (is_stopping_ || admitted_ >= options_.requests_max) {
                return false;
            }
            ++admitted_;
            queue_.push_back(std::move(order));
        }
        curl_multi_wakeup(multi_.get());
        return true;
    }

  private:
    void run() {
        while (begin_queued()) {
            int running = 0;
            const auto code = curl_multi_perform(multi_.get(), &running);
            finish_done();
            if (code != CURLM_OK) {
                fail_all(code);
            }
            curl_multi_poll(multi_.get(), nullptr, 0, kIdlePollMs, nullptr);
        }
        end_all(no_answer(ErrorKind::kUnavailable, "client_stopped"));
    }

    /// False once the client stops.
    bool begin_queued() {
        std::deque<Order> queued;
        {
            const std::scoped_lock lock{mutex_};
            queued.swap(queue_);
            if (is_stopping_) {
                for (Order& order : queued) {
                    order.answers->settle(
                        order.index, no_answer(ErrorKind::kUnavailable, "client_stopped")
                    );
                }
                return false;
            }
        }
        for (Order& order : queued) {
            begin(std::move(order));
        }
        return true;
    }

    void begin(Order order) {
        const auto handle = order.transfer->prepare(options_);
        if (!handle) {
            settle(order, handle.error());
            return;
        }
        const auto code = curl_multi_add_handle(multi_.get(), *handle);
        if (code != CURLM_OK) {
            settle(order, no_answer(ErrorKind::kUnavailable, "client_busy"));
            return;
        }
        in_hand_.emplace(*handle, std::move(order));
    }

    void finish_done() {
        int left = 0;
        while (const CURLMsg* const message = curl_multi_info_read(multi_.get(), &left)) {
            if (message->msg == CURLMSG_DONE) {
                // Removing the handle takes the message away.
                const CURLcode code = message->data.result;
                const auto found = in_hand_.find(message->easy_handle);
                curl_multi_remove_handle(multi_.get(), found->first);
                settle(found->second, found->second.transfer->take(code));
                in_hand_.erase(found);
            }
        }
    }

    void settle(Order& order, Result<HttpResponse> result) {
        {
            const std::scoped_lock lock{mutex_};
            --admitted_;
        }
        order.answers->settle(order.index, std::move(result));
    }

    void fail_all(CURLMcode code) {
        log::error("http_client_defect", {{"detail", curl_multi_strerror(code)}});
        end_all(no_answer(ErrorKind::kUnavailable, "connection_lost"));
    }

    void end_all(const Error& error) {
        for (auto& [handle, order] : in_hand_) {
            curl_multi_remove_handle(multi_.get(), handle);
            settle(order, error);
        }
        in_hand_.clear();
    }

    const HttpClientOptions options_;
    /// Only the thread, but for curl_multi_wakeup():
    MultiHandle multi_;
    std::map<CURL*, Order> in_hand_;

    std::mutex mutex_;
    /// Guarded by mutex_:
    std::deque<Order> queue_;
    std::size_t admitted_ = 0;
    bool is_stopping_ = false;

    std::jthread thread_;
};

CurlHttpClient::CurlHttpClient(const HttpClientOptions& options)
    : worker_(std::make_unique<Worker>(options)) {}

CurlHttpClient::~CurlHttpClient() = default;

std::vector<Result<HttpResponse>> CurlHttpClient::exchange(
    std::span<const HttpRequest> requests, Deadline deadline
) {
    const auto answers = std::make_shared<Answers>(requests.size());
    for (std::size_t i = 0; i < requests.size(); ++i) {
        Order order{
            .transfer = std::make_unique<CurlTransfer>(requests[i], deadline),
            .answers = answers,
            .index = i};
        if (!worker_->submit(std::move(order))) {
            answers->settle(i, no_answer(ErrorKind::kUnavailable, "client_busy"));
        }
    }
    return answers->wait(deadline + kGrace);
}

}  // namespace orderpush::net
