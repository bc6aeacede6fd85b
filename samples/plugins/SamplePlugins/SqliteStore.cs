using Metaflow.Errors;
using Metaflow.Storage;
using Microsoft.Data.Sqlite;

namespace SamplePlugins;

/// <summary>Opens stores in an SQLite file: <c>--datastore-root sqlite:/data/runs.db</c>.</summary>
internal sealed class SqliteStoreFactory : IStoreFactory
{
    public IBlobStore Open(StoreAddress address, StoreOptions options) => new SqliteStore(Path.GetFullPath(address.Root), options.Time);
}

/// <summary>Keeps objects as rows of a file. It holds each object in memory as a whole, and stores all objects of one call in one
/// transaction.</summary>
internal sealed class SqliteStore(string path, TimeProvider time) : IBlobStore
{
    /// <summary>The type of its addresses.</summary>
    public const string Type = "sqlite";

    private const string Update = "UPDATE SET content = excluded.content, raw = excluded.raw, changed = excluded.changed";

    private readonly SqliteFile _file = new(path, """
        CREATE TABLE IF NOT EXISTS blobs (
            folder TEXT, name TEXT, content BLOB NOT NULL, raw INTEGER, changed INTEGER NOT NULL, PRIMARY KEY (folder, name))
        """);

    public string TypeName => Type;

    public string Root => path;

    public async ValueTask<IReadOnlyList<bool>> SaveAsync(IReadOnlyList<BlobWrite> writes, bool overwrite, CancellationToken token)
    {
        var contents = new List<byte[]>();
        foreach (var write in writes)
        {
            using var content = new MemoryStream((int)(write.Length ?? 0));
            await write.WriteAsync(content, token).ConfigureAwait(false);
            contents.Add(content.ToArray());
        }

        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var insert = $"""
            INSERT INTO blobs (folder, name, content, raw, changed) VALUES ($folder, $name, $content, $raw, $changed)
            ON CONFLICT (folder, name) DO {(overwrite ? Update : "NOTHING")}
            """;
        return _file.Write(run => writes.Select((write, i) => run(
            insert, [.. Place(write.Path), ("$content", contents[i]), ("$raw", write.Packing?.IsRaw), ("$changed", now)]) > 0).ToArray());
    }

    public ValueTask<BlobRead?> OpenAsync(string path, CancellationToken token) => new(_file.Read(
        "SELECT content, raw FROM blobs WHERE folder = $folder AND name = $name",
        static row => new BlobRead(new MemoryStream((byte[])row[0]), row.IsDBNull(1) ? null : new BlobPacking(row.GetBoolean(1))),
        Place(path)).FirstOrDefault());

    public ValueTask<IReadOnlyList<BlobState?>> StateAsync(IReadOnlyList<string> paths, CancellationToken token)
        => new([.. paths.Select(path => _file.Read(
            "SELECT length(content), changed FROM blobs WHERE folder = $folder AND name = $name",
            static row => (BlobState?)new BlobState(row.GetInt64(0), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(1))),
            Place(path)).FirstOrDefault())]);

    public ValueTask<IReadOnlyList<BlobEntry>> ListAsync(string folder, CancellationToken token)
    {
        var inside = folder.TrimEnd('/');
        var below = inside.Length == 0 ? "" : inside + "/";
        var objects = _file.Read(
            "SELECT name FROM blobs WHERE folder = $folder", static row => new BlobEntry(row.GetString(0), false), [("$folder", inside)]);

        // Paths below a folder begin with its name and a slash. In the order of characters, '0' follows the slash.
        var folders = _file.Read(
            "SELECT DISTINCT folder FROM blobs WHERE folder >= $start AND folder < $end AND folder <> ''",
            row => new BlobEntry(row.GetString(0)[below.Length..].Split('/')[0], true),
            [("$start", below), ("$end", below.Length == 0 ? "\U0010FFFF" : inside + "0")]);
        return new([.. objects, .. folders.Where(static entry => entry.Name != "_meta").Distinct()]);
    }

    public ValueTask DeleteAsync(IReadOnlyList<string> paths, CancellationToken token)
    {
        _file.Write(run => paths.Sum(path => run("DELETE FROM blobs WHERE folder = $folder AND name = $name", Place(path))));
        return default;
    }

    private static (string, object?)[] Place(string path)
    {
        var slash = path.LastIndexOf('/');
        return [("$folder", slash < 0 ? "" : path[..slash]), ("$name", path[(slash + 1)..])];
    }
}

/// <summary>A database in a file. Committed transactions survive a power cut.</summary>
internal sealed class SqliteFile(string path, string schema)
{
    // Waits for another process that is writing.
    private readonly string _address = new SqliteConnectionStringBuilder { DataSource = path, DefaultTimeout = 60 }.ToString();
    private bool _isMade;

    /// <summary>Runs code in one transaction. Nobody else can change what it reads in the meantime.</summary>
    public T Write<T>(Func<Func<string, (string Name, object? Value)[], int>, T> work) => Do(connection =>
    {
        using var transaction = connection.BeginTransaction();
        var result = work((sql, values) =>
        {
            using var command = Command(connection, sql, values);
            return command.ExecuteNonQuery();
        });
        transaction.Commit();
        return result;
    });

    /// <summary>Reads rows.</summary>
    public List<T> Read<T>(string sql, Func<SqliteDataReader, T> read, params (string Name, object? Value)[] values) => Do(connection =>
    {
        using var command = Command(connection, sql, values);
        using var reader = command.ExecuteReader();
        return reader.Cast<object>().Select(_ => read(reader)).ToList();
    });

    private static SqliteCommand Command(SqliteConnection connection, string sql, (string Name, object? Value)[] values)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        Array.ForEach(values, value => command.Parameters.AddWithValue(value.Name, value.Value ?? DBNull.Value));
        return command;
    }

    private T Do<T>(Func<SqliteConnection, T> work)
    {
        try
        {
            using var connection = new SqliteConnection(_address);
            connection.Open();

            // With a write-ahead log beside the file, readers do not wait for a writer.
            var make = _isMade ? "" : $"PRAGMA journal_mode = WAL; {schema};";
            using var prepare = Command(connection, $"{make} PRAGMA synchronous = FULL", []);
            prepare.ExecuteNonQuery();
            _isMade = true;
            return work(connection);
        }
        catch (SqliteException error)
        {
            throw new StorageException(
                ErrorCodes.StorageWriteFailed,
                $"SQLite could not use the file '{path}'.",
                error.Message,
                "Check the disk and the path, then run the command again.",
                error);
        }
    }
}
