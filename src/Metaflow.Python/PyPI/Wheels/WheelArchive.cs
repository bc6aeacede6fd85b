using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Metaflow.Errors;
using Metaflow.Python.PyPI.Tags;
using Metaflow.Python.PyPI.Versions;
using Microsoft.Win32.SafeHandles;

namespace Metaflow.Python.PyPI.Wheels;

/// <summary>An open wheel whose names and list of files agree. Its files are compared with their hashes when they are read.</summary>
internal sealed class WheelArchive : IDisposable
{
    private const string InfoExtension = ".dist-info";

    // What is held in memory: the list of files of the largest wheels has some megabytes.
    private const long LongestText = 64L << 20;
    private const int CopyBuffer = 256 << 10;
    private const int AnyExecute = 0b001_001_001;

    private readonly SafeFileHandle _handle;

    private WheelArchive(SafeFileHandle handle, string fileName, WheelFileName name)
    {
        _handle = handle;
        FileName = fileName;
        Name = name;
    }

    /// <summary>Gets the name of the file.</summary>
    public string FileName { get; }

    /// <summary>Gets what the name of the file says.</summary>
    public WheelFileName Name { get; }

    /// <summary>Gets the folder in the wheel that describes it: <c>name-1.0.dist-info</c>.</summary>
    public string InfoFolder { get; private set; } = "";

    /// <summary>Gets what the package says of itself.</summary>
    public DistributionMetadata Metadata { get; private set; } = new("", "", [], null, []);

    /// <summary>Gets whether its modules have nothing of one kind of machine.</summary>
    public bool IsPure { get; private set; }

    /// <summary>Gets the programs that call its functions.</summary>
    public IReadOnlyList<EntryPoint> EntryPoints { get; private set; } = [];

    /// <summary>Gets its files, in the order of the ZIP file.</summary>
    public IReadOnlyList<WheelEntry> Entries { get; private set; } = [];

    /// <summary>Opens a wheel.</summary>
    /// <param name="path">The file.</param>
    /// <param name="sha256">The SHA-256 that it must have; <see langword="null"/> if it is not known.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <returns>The wheel.</returns>
    /// <exception cref="EnvironmentException">MF7023: it has another hash. MF7071: it is malformed.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static async Task<WheelArchive> OpenAsync(string path, string? sha256, CancellationToken cancellationToken)
    {
        var fileName = Path.GetFileName(path);
        var name = WheelFileName.Parse(fileName);
        var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        try
        {
            // The same open file is read later on, so that nobody can put another one in its place.
            if (sha256 is not null && await HashAsync(handle, cancellationToken).ConfigureAwait(false) is var found
                && !found.Equals(sha256, StringComparison.OrdinalIgnoreCase))
            {
                throw WheelErrors.Damaged(fileName, sha256, found);
            }

            var wheel = new WheelArchive(handle, fileName, name);
            wheel.Read();
            return wheel;
        }
        catch (Exception error) when (IsDamage(error))
        {
            handle.Dispose();
            throw WheelErrors.Malformed(fileName, Sentence.Of(error.Message), error);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Returns true if an error comes from bytes that are no ZIP file, or a damaged one.</summary>
    /// <param name="error">What was met.</param>
    /// <returns>Whether it does.</returns>
    public static bool IsDamage(Exception error)
        => error is InvalidDataException or EndOfStreamException or ArgumentException or NotSupportedException or OverflowException;

    /// <summary>Opens the ZIP file once more, for one thread.</summary>
    /// <returns>The ZIP file, which the caller closes; its entries have the places that <see cref="Entries"/> name.</returns>
    public ZipArchive OpenZip() => new(new SharedFileStream(_handle), ZipArchiveMode.Read);

    /// <summary>Closes the file.</summary>
    public void Dispose() => _handle.Dispose();

    private static async Task<string> HashAsync(SafeFileHandle handle, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[CopyBuffer];
        var position = 0L;
        for (int read; (read = await RandomAccess.ReadAsync(handle, buffer, position, cancellationToken).ConfigureAwait(false)) > 0;)
        {
            hash.AppendData(buffer.AsSpan(0, read));
            position += read;
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private void Read()
    {
        using var zip = OpenZip();
        var paths = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in zip.Entries)
        {
            WheelPath.Require(entry.FullName);
            if (!paths.Add(entry.FullName))
            {
                throw new InvalidDataException($"It has the file '{entry.FullName}' twice.");
            }
        }

        InfoFolder = FindInfoFolder(paths);
        ReadWheelFile(zip);
        Metadata = ReadText(zip, "METADATA", DistributionMetadata.Read)
            ?? throw new InvalidDataException("Its METADATA does not name the package and its version.");
        if (Metadata.NormalizedName != Name.Name)
        {
            throw new InvalidDataException($"Its METADATA calls the package '{Metadata.Name}', which its file's name does not.");
        }

        EntryPoints = zip.GetEntry($"{InfoFolder}/entry_points.txt") is null ? [] : ReadText(zip, "entry_points.txt", EntryPoint.Read)!;
        Entries = ReadEntries(zip, ReadText(zip, RecordFile.Name, static reader => RecordFile.Read(reader))!);
    }

    private string FindInfoFolder(HashSet<string> paths)
    {
        var folders = paths.Select(static path => path.Split('/')[0])
            .Where(static folder => folder.EndsWith(InfoExtension, StringComparison.OrdinalIgnoreCase)).Distinct().ToList();
        if (folders is not [var folder])
        {
            throw new InvalidDataException(
                folders.Count == 0 ? "It has no folder '.dist-info'."
                    : $"It has several folders '.dist-info': {string.Join(", ", folders)}.");
        }

        var stem = folder[..^InfoExtension.Length];
        var dash = stem.LastIndexOf('-');
        return dash > 0 && PythonName.Normalize(stem[..dash]) == Name.Name
            && PythonVersion.TryParse(stem[(dash + 1)..].Replace('_', '-'), out var version) && version.Equals(Name.Version)
            ? folder : throw new InvalidDataException($"Its folder '{folder}' does not fit its file's name.");
    }

    private void ReadWheelFile(ZipArchive zip)
    {
        var headers = ReadText(zip, "WHEEL", MessageHeaders.Read)!;
        var version = headers.Value("Wheel-Version")
            ?? throw new InvalidDataException("Its file WHEEL does not name the format's version.");
        if (version.Split('.')[0] != "1")
        {
            throw new InvalidDataException($"It has version {version} of the format, and only 1 is known.");
        }

        IsPure = "true".Equals(headers.Value("Root-Is-Purelib"), StringComparison.OrdinalIgnoreCase);
    }

    private T? ReadText<T>(ZipArchive zip, string name, Func<TextReader, T> read)
    {
        var entry = zip.GetEntry($"{InfoFolder}/{name}") ?? throw new InvalidDataException($"It has no file '{InfoFolder}/{name}'.");
        if (entry.Length > LongestText)
        {
            throw new InvalidDataException($"Its file '{name}' has {entry.Length} bytes.");
        }

        using var reader = new StreamReader(entry.Open(), Encoding.UTF8);
        return read(reader);
    }

    // Both directions: every file has a hash in the list, and what the list names is there.
    private List<WheelEntry> ReadEntries(ZipArchive zip, List<RecordEntry> record)
    {
        var lines = new Dictionary<string, RecordEntry>(StringComparer.Ordinal);
        foreach (var line in record)
        {
            if (!lines.TryAdd(line.Path, line) && lines[line.Path] != line)
            {
                throw new InvalidDataException($"Its list of files has '{line.Path}' twice.");
            }
        }

        var entries = new List<WheelEntry>();
        for (var i = 0; i < zip.Entries.Count; i++)
        {
            var entry = zip.Entries[i];
            var isListed = lines.Remove(entry.FullName, out var line);
            if (entry.FullName.EndsWith('/'))
            {
                continue;
            }

            var isSignature = IsSignature(entry.FullName);
            if (!isSignature)
            {
                Require(entry, isListed ? line : null);
            }

            var isExecutable = ((entry.ExternalAttributes >> 16) & AnyExecute) != 0;
            entries.Add(new WheelEntry(i, entry.FullName, entry.Length, isExecutable, isSignature ? null : line));
        }

        return lines.Keys.FirstOrDefault() is { } missing
            ? throw new InvalidDataException($"Its list of files names '{missing}', which it does not have.") : entries;
    }

    private static void Require(ZipArchiveEntry entry, RecordEntry? line)
    {
        if (line?.Algorithm is null)
        {
            throw new InvalidDataException($"Its list of files has no SHA-256 of the file '{entry.FullName}'.");
        }

        if (line.Size is { } size && size != entry.Length)
        {
            throw new InvalidDataException($"Its file '{entry.FullName}' has {entry.Length} bytes, and {size} by its list of files.");
        }
    }

    // A list cannot have its own hash, nor that of what signs it.
    private bool IsSignature(string path)
        => path.StartsWith(InfoFolder + "/" + RecordFile.Name, StringComparison.Ordinal)
            && path[(InfoFolder.Length + 1)..] is RecordFile.Name or RecordFile.Name + ".jws" or RecordFile.Name + ".p7s";
}
