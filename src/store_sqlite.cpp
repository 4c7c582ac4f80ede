#include <unisono/store/impl/sqlite_file.ipp>
#include <unisono/store/impl/sqlite_file_reading.ipp>
#include <unisono/store/impl/sqlite_worker.ipp>
#include <unisono/store/impl/store_sqlite.ipp>
