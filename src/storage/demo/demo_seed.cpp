#include "storage/demo/demo_seed.hpp"

#include "storage/database/connection.hpp"
#include "storage/database/embedded_sql.hpp"
#include "storage/database/failure.hpp"

#include <pqxx/pqxx>

#include <map>

namespace orderpush::storage {
namespace {

// Run as plain text inside the seed's transaction, not prepared. The demo restaurant's id is the
// one of sql/seeds/demo.sql.

constexpr const char* kCountOtherRestaurants =
    "select count(*) from restaurants r where r.id <> md5('orderpush demo')::uuid";

constexpr const char* kListDemoBranches =
    "select b.id, b.name from branches b where b.restaurant_id = md5('orderpush demo')::uuid order "
    "by b.name";

/// $1 branch.
constexpr const char* kListDemoTables =
    "select t.id, t.number, t.qr_token from tables t where t.branch_id = $1 order by t.number";

/// $1 branch.
constexpr const char* kListDemoStations =
    "select s.id, s.name from stations s where s.branch_id = $1 order by s.name";

/// $1 branch.
constexpr const char* kListDemoMenuItems =
    "select m.id, m.name, m.price_minor, m.station_id from menu_items m where m.branch_id = $1 "
    "order by m.name";

/// $1 branch.
constexpr const char* kListDemoStaff =
    "select s.id, s.email, s.role, s.password_hash from staff s where s.branch_id = $1 order by "
    "s.email";

/// $1 member of staff, $2 hash.
constexpr const char* kUpdateDemoPassword = "update staff set password_hash = $2 where id = $1";

/// $1 SHA-256 hex of the key.
constexpr const char* kFindDemoApiKey = R"sql(
select 1 from api_keys k
where k.restaurant_id = md5('orderpush demo')::uuid and k.key_hash = $1 and k.revoked_at is null
)sql";

constexpr const char* kRevokeDemoApiKeys = R"sql(
update api_keys set revoked_at = now() where restaurant_id = md5('orderpush demo')::uuid
    and revoked_at is null
)sql";

/// $1 SHA-256 hex of the key.
constexpr const char* kInsertDemoApiKey = R"sql(
insert into api_keys (id, restaurant_id, name, key_hash, created_at)
values (gen_random_uuid(), md5('orderpush demo')::uuid, 'demo', $1, now())
)sql";

constexpr std::size_t kKeyBytes = 32;

/// Says whether hashes match the password; hashing is dear and most rows share one hash.
class PasswordCheck {
  public:
    explicit PasswordCheck(const DemoOptions& options) : options_(options) {}

    bool matches(const std::string& hash) {
        const auto [entry, is_new] = known_.try_emplace(hash, false);
        if (is_new) {
            entry->second = verify_password(hash, options_.staff_password);
        }
        return entry->second;
    }
    const std::string& new_hash() {
        if (new_hash_.empty()) {
            new_hash_ = hash_password(options_.staff_password, options_.cost);
        }
        return new_hash_;
    }

  private:
    const DemoOptions& options_;
    std::map<std::string, bool> known_;
    std::string new_hash_;
};

std::string keep_or_issue_api_key(pqxx::work& transaction, const DemoOptions& options) {
    if (options.api_key &&
        !transaction.exec_params(kFindDemoApiKey, sha256_hex(*options.api_key)).empty()) {
        return *options.api_key;
    }
    std::string key = options.api_key_prefix + random_token(kKeyBytes);
    transaction.exec0(kRevokeDemoApiKeys);
    transaction.exec_params0(kInsertDemoApiKey, sha256_hex(key));
    return key;
}

std::vector<DemoRestaurant::DemoStaff> set_passwords(
    pqxx::work& transaction,
    const std::string& branch,
    PasswordCheck& check,
    const std::string& password
) {
    std::vector<DemoRestaurant::DemoStaff> staff;
    for (const auto& row : transaction.exec_params(kListDemoStaff, branch)) {
        if (!check.matches(row["password_hash"].c_str())) {
            transaction.exec_params0(kUpdateDemoPassword, row["id"].c_str(), check.new_hash());
        }
        staff.push_back({row["email"].c_str(), password, row["role"].c_str()});
    }
    return staff;
}

DemoRestaurant::DemoBranch read_branch(pqxx::work& transaction, const pqxx::row& row) {
    DemoRestaurant::DemoBranch branch;
    branch.id = row["id"].c_str();
    branch.name = row["name"].c_str();
    for (const auto& table : transaction.exec_params(kListDemoTables, branch.id)) {
        branch.tables.push_back(
            {table["id"].c_str(), table["number"].c_str(), table["qr_token"].c_str()}
        );
    }
    for (const auto& item : transaction.exec_params(kListDemoMenuItems, branch.id)) {
        branch.menu_items.push_back(
            {item["id"].c_str(),
             item["name"].c_str(),
             item["price_minor"].as<std::int64_t>(),
             item["station_id"].c_str()}
        );
    }
    for (const auto& station : transaction.exec_params(kListDemoStations, branch.id)) {
        branch.stations.push_back({station["id"].c_str(), station["name"].c_str()});
    }
    return branch;
}

}  // namespace

Result<DemoRestaurant> seed_demo(const std::string& url, const DemoOptions& options) {
    try {
        Connection connection{{.url = url}};
        connection.make_ready();
        pqxx::work transaction{connection.raw()};
        if (transaction.exec1(kCountOtherRestaurants)[0].as<int>() != 0) {
            return Error{
                .kind = ErrorKind::kConflict,
                .code = "database_in_use",
                .message = "The database has restaurants of its own; the demo is not for it."};
        }
        transaction.exec0(embedded_demo_seed());
        DemoRestaurant demo;
        PasswordCheck check{options};
        for (const auto& row : transaction.exec(kListDemoBranches)) {
            auto branch = read_branch(transaction, row);
            branch.staff = set_passwords(transaction, branch.id, check, options.staff_password);
            demo.branches.push_back(std::move(branch));
        }
        demo.api_key = keep_or_issue_api_key(transaction, options);
        transaction.commit();
        return demo;
    } catch (const std::exception& exception) {
        return to_failure(exception).error;
    }
}

}  // namespace orderpush::storage
