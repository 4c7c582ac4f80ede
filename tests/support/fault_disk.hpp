#pragma once

#include <unisono/core/random.hpp>

#include <sqlite3.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace unisono::test {

/// A disk in memory that fails when told to, and forgets what was not synced when the power goes. It is
/// SQLite's default VFS for as long as it lives, so code that opens databases meets it unchanged.
///
/// A change is a write, truncation, sync or deletion, or a file that is made. Thread safety: none; one at a
/// time.
class fault_disk {
public:
    enum class fault {
        none,
        io,    ///< half of a write is made, a sync fails
        full,  ///< there is no space: a write makes nothing, and a sync fails
        power, ///< it is the last change under way; from then on everything fails
    };

    bool ignores_syncs = false; ///< it says that they worked

    fault_disk() : below_(sqlite3_vfs_find(nullptr)), vfs_(*below_) {
        vfs_.iVersion = 1;
        vfs_.szOsFile = sizeof(handle);
        vfs_.zName = "fault_disk";
        vfs_.pAppData = this;
        vfs_.xOpen = [](sqlite3_vfs* v, char const* name, sqlite3_file* h, int flags, int* out) {
            if (out != nullptr)
                *out = flags;
            return of(v).open(name, flags, h);
        };
        vfs_.xDelete = [](sqlite3_vfs* v, char const* name, int and_sync) {
            return of(v).remove(name, and_sync != 0);
        };
        vfs_.xAccess = [](sqlite3_vfs* v, char const* name, int, int* there) {
            *there = of(v).files_.count(name) != 0;
            return SQLITE_OK;
        };
        vfs_.xFullPathname = [](sqlite3_vfs*, char const* name, int size, char* out) {
            sqlite3_snprintf(size, out, "%s", name);
            return SQLITE_OK;
        };
        if (sqlite3_vfs_register(&vfs_, 1) != SQLITE_OK)
            throw std::runtime_error("SQLite does not take the disk");
    }
    ~fault_disk() {
        sqlite3_vfs_unregister(&vfs_);
        sqlite3_vfs_register(below_, 1);
    }
    fault_disk(fault_disk const&) = delete;
    fault_disk& operator=(fault_disk const&) = delete;

    /// Change number `change` (0, 1, ...) counted from now on fails, and with `lasting` all after it.
    void fail(std::size_t change, fault how, bool lasting = false) {
        changes_ = 0;
        fails_at_ = change;
        how_ = how;
        lasting_ = lasting;
    }
    void heal() { fail(0, fault::none); }
    std::size_t changes() const noexcept { return changes_; }

    /// The power goes and comes back. Of each change that was not synced all is left, or some, or nothing.
    void power_cycle(random_source& random) {
        heal();
        dead_ = false;
        for (auto& [name, gone] : std::exchange(deleted_, {}))
            if (random.below(2) == 0)
                files_.emplace(name, std::move(gone));
        for (auto at = files_.begin(); at != files_.end();) {
            file& f = *at->second;
            for (change const& c : f.unsynced)
                if (auto const luck = random.below(3); luck == 0)
                    apply(f.durable, c);
                else if (luck == 1)
                    tear(f.durable, c, random);
            f.unsynced.clear();
            f.now = f.durable;
            at = !f.linked && random.below(2) == 0 ? files_.erase(at) : std::next(at);
        }
    }

    /// Flips a bit of a file. False when there is no such file, or nothing in it.
    bool flip_bit(std::string const& name, random_source& random) {
        auto const found = files_.find(name);
        if (found == files_.end() || found->second->now.empty())
            return false;
        std::string& bytes = found->second->now;
        auto& hit = bytes[random.below(bytes.size())];
        hit = static_cast<char>(hit ^ (1 << random.below(8)));
        found->second->durable = bytes;
        return true;
    }

    /// All files, to put them back later. Nothing may be open.
    std::map<std::string, std::string> contents() const {
        std::map<std::string, std::string> all;
        for (auto const& [name, f] : files_)
            all.emplace(name, f->now);
        return all;
    }
    void restore(std::map<std::string, std::string> const& all) {
        files_.clear();
        deleted_.clear();
        for (auto const& [name, bytes] : all)
            files_.emplace(name,
                           std::make_shared<file>(file{.now = bytes, .durable = bytes, .linked = true}));
    }

private:
    struct change {
        bool truncates; ///< to `at` bytes
        std::size_t at;
        std::string bytes;
    };
    struct file {
        std::string now = {};     ///< what reading gives
        std::string durable = {}; ///< what is left for certain when the power goes
        std::vector<change> unsynced = {};
        bool linked = false;  ///< so is its name
        bool journal = false; ///< with whose first sync SQLite syncs the directory, too
    };
    struct handle : sqlite3_file {
        fault_disk* disk;
        std::shared_ptr<file> content;
        std::string temporary; ///< its name, when it goes with the handle
    };

    static fault_disk& of(sqlite3_vfs* v) { return *static_cast<fault_disk*>(v->pAppData); }
    static handle& of(sqlite3_file* h) { return *static_cast<handle*>(h); }

    static void apply(std::string& to, change const& c) {
        if (c.truncates)
            return to.resize(c.at);
        to.resize(std::max(to.size(), c.at + c.bytes.size()));
        to.replace(c.at, c.bytes.size(), c.bytes);
    }
    /// Some sectors of a write reach the disk, in whatever order.
    static void tear(std::string& to, change const& c, random_source& random) {
        constexpr std::size_t sector = 512;
        for (std::size_t from = 0; from < c.bytes.size(); from += sector)
            if (random.below(2) == 0)
                apply(to, {false, c.at + from, c.bytes.substr(from, sector)});
    }

    /// What becomes of a change.
    enum class outcome { done, torn, refused, cut_short, dead };

    outcome next() {
        if (dead_)
            return outcome::dead;
        auto const number = changes_++;
        if (number != fails_at_ && !(lasting_ && number > fails_at_))
            return outcome::done;
        dead_ = how_ == fault::power;
        switch (how_) {
        case fault::io:
            return outcome::torn;
        case fault::full:
            return outcome::refused;
        case fault::power:
            return outcome::cut_short;
        default:
            return outcome::done;
        }
    }

    int open(char const* name, int flags, sqlite3_file* place) {
        place->pMethods = nullptr; // there is nothing to close
        std::string const called = name == nullptr ? "temporary-" + std::to_string(++temporaries_) : name;
        if (dead_)
            return SQLITE_IOERR;
        auto found = files_.find(called);
        if (found == files_.end()) {
            if ((flags & SQLITE_OPEN_CREATE) == 0 || next() != outcome::done)
                return SQLITE_CANTOPEN;
            found = files_.emplace(called, std::make_shared<file>()).first;
            found->second->journal = (flags & (SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_WAL)) != 0;
        }
        auto* const h = std::construct_at(static_cast<handle*>(place));
        h->disk = this;
        h->content = found->second;
        h->temporary = name == nullptr ? called : std::string{};
        h->pMethods = &methods();
        return SQLITE_OK;
    }

    int write(file& f, change c) {
        auto const happens = next();
        if (happens == outcome::refused)
            return c.truncates ? SQLITE_IOERR_TRUNCATE : SQLITE_FULL;
        if (happens == outcome::dead)
            return SQLITE_IOERR_WRITE;
        if (happens == outcome::torn)
            c.bytes.resize(c.bytes.size() / 2);
        apply(f.now, c);
        f.unsynced.push_back(std::move(c));
        return happens == outcome::done ? SQLITE_OK : SQLITE_IOERR_WRITE;
    }

    int sync(file& f) {
        auto const happens = next();
        if (happens == outcome::torn || happens == outcome::refused)
            f.unsynced.clear(); // as Linux does: a later sync finds nothing to do
        if (happens != outcome::done)
            return SQLITE_IOERR_FSYNC;
        if (!ignores_syncs) {
            for (change const& c : f.unsynced)
                apply(f.durable, c);
            f.unsynced.clear();
            if (f.journal && !f.linked)
                sync_directory();
        }
        return SQLITE_OK;
    }

    void sync_directory() {
        deleted_.clear();
        for (auto& [name, f] : files_)
            f->linked = true;
    }

    int remove(std::string const& name, bool and_sync) {
        auto const found = files_.find(name);
        if (found == files_.end())
            return SQLITE_IOERR_DELETE_NOENT;
        if (next() != outcome::done)
            return SQLITE_IOERR_DELETE;
        if (found->second->linked)
            deleted_.insert_or_assign(name, found->second);
        files_.erase(found);
        if (and_sync && !ignores_syncs)
            sync_directory();
        return SQLITE_OK;
    }

    static sqlite3_io_methods const& methods() {
        static sqlite3_io_methods const table = [] {
            sqlite3_io_methods m{};
            m.iVersion = 1;
            m.xClose = [](sqlite3_file* h) {
                handle& mine = of(h);
                if (!mine.temporary.empty())
                    mine.disk->files_.erase(mine.temporary);
                std::destroy_at(&mine);
                return SQLITE_OK;
            };
            m.xRead = [](sqlite3_file* h, void* to, int count, sqlite3_int64 from) {
                if (of(h).disk->dead_)
                    return SQLITE_IOERR_READ;
                std::string const& bytes = of(h).content->now;
                auto const at = std::min(static_cast<std::size_t>(from), bytes.size());
                auto const size = std::min(static_cast<std::size_t>(count), bytes.size() - at);
                std::memcpy(to, bytes.data() + at, size);
                std::memset(static_cast<char*>(to) + size, 0, static_cast<std::size_t>(count) - size);
                return size == static_cast<std::size_t>(count) ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
            };
            m.xWrite = [](sqlite3_file* h, void const* bytes, int count, sqlite3_int64 at) {
                return of(h).disk->write(*of(h).content, {false, static_cast<std::size_t>(at),
                                                          std::string(static_cast<char const*>(bytes),
                                                                      static_cast<std::size_t>(count))});
            };
            m.xTruncate = [](sqlite3_file* h, sqlite3_int64 size) {
                return of(h).disk->write(*of(h).content, {true, static_cast<std::size_t>(size), {}});
            };
            m.xSync = [](sqlite3_file* h, int) { return of(h).disk->sync(*of(h).content); };
            m.xFileSize = [](sqlite3_file* h, sqlite3_int64* size) {
                *size = static_cast<sqlite3_int64>(of(h).content->now.size());
                return of(h).disk->dead_ ? SQLITE_IOERR_FSTAT : SQLITE_OK;
            };
            m.xLock = [](sqlite3_file*, int) { return SQLITE_OK; };
            m.xUnlock = [](sqlite3_file*, int) { return SQLITE_OK; };
            m.xCheckReservedLock = [](sqlite3_file*, int* held) {
                *held = 0;
                return SQLITE_OK;
            };
            m.xFileControl = [](sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; };
            m.xSectorSize = [](sqlite3_file*) { return 4096; };
            m.xDeviceCharacteristics = [](sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; };
            return m;
        }();
        return table;
    }

    sqlite3_vfs* below_;
    sqlite3_vfs vfs_;
    std::map<std::string, std::shared_ptr<file>> files_;
    std::map<std::string, std::shared_ptr<file>> deleted_; ///< and the deletion is not synced
    std::size_t changes_ = 0;
    std::size_t fails_at_ = 0;
    fault how_ = fault::none;
    bool lasting_ = false;
    bool dead_ = false;
    std::size_t temporaries_ = 0;
};

} // namespace unisono::test
