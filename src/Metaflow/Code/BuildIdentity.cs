using System.Globalization;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Security.Cryptography;
using System.Text;

namespace Metaflow.Code;

/// <summary>Says which build of a program runs, for a fraction of what it costs to say which code each step runs.</summary>
internal static class BuildIdentity
{
    /// <summary>Of larger assemblies the id is read that the compiler derives from all that it compiled.</summary>
    private const long MaxHashedLength = 1 << 20;

    /// <summary>Computes the identity of the build that a flow belongs to.</summary>
    /// <param name="flow">The flow.</param>
    /// <returns>A text that changes when an assembly of the program does, or the runtime, or this framework; <see langword="null"/> when
    /// it is not known.</returns>
    public static string? Of(FlowSpec flow)
    {
        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            Append(hash, flow.GetType().FullName ?? "");
            Append(hash, typeof(BuildIdentity).Module.ModuleVersionId.ToString());
            Append(hash, Environment.Version.ToString());
            Append(hash, flow.Services is null ? "" : "services of a host");
            var files = Paths("TRUSTED_PLATFORM_ASSEMBLIES", Path.PathSeparator)
                .Where(static path => Path.GetDirectoryName(path) != SharedRuntime.Folder)
                .Concat(Paths("APP_CONTEXT_DEPS_FILES", ';')).Append(flow.GetType().Assembly.Location);
            AppendFiles(hash, files);

            foreach (var file in Translations())
            {
                Append(hash, file.Directory!.Name);
                AppendFile(hash, file.FullName);
            }

            return Convert.ToHexStringLower(hash.GetHashAndReset());
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // An assembly that is not a file, or cannot be read: then nothing is remembered.
            return null;
        }
    }

    /// <summary>Computes what tells files from others.</summary>
    /// <param name="paths">The files.</param>
    /// <returns>A text that changes when a name or a content does.</returns>
    /// <exception cref="IOException">One cannot be read.</exception>
    internal static string OfFiles(IEnumerable<string> paths)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        AppendFiles(hash, paths);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void AppendFiles(IncrementalHash hash, IEnumerable<string> paths)
    {
        foreach (var path in paths)
        {
            AppendFile(hash, path);
        }
    }

    /// <summary>The assemblies of translated resources are in no list of the runtime's: they lie in folders named by cultures.</summary>
    private static IEnumerable<FileInfo> Translations()
        => new DirectoryInfo(AppContext.BaseDirectory).GetDirectories().SelectMany(static folder => folder.GetFiles("*.resources.dll"))
            .OrderBy(static file => file.FullName, StringComparer.Ordinal);

    private static void AppendFile(IncrementalHash hash, string path)
    {
        var file = new FileInfo(path);
        Append(hash, string.Create(CultureInfo.InvariantCulture, $"{file.Name} {file.Length}"));
        if (SharedRuntime.Has(path))
        {
            // Its folder is named by its version.
            Append(hash, string.Create(CultureInfo.InvariantCulture, $"{path} {file.LastWriteTimeUtc.Ticks}"));
        }
        else
        {
            hash.AppendData(ContentOf(file));
        }
    }

    /// <summary>Tells a file's content. Times are not part of it: builds that can be repeated, archives and images give all files the
    /// same one.</summary>
    private static byte[] ContentOf(FileInfo file)
    {
        using var stream = file.OpenRead();
        if (file.Length > MaxHashedLength && ModuleVersionOf(stream) is { } version)
        {
            return version.ToByteArray();
        }

        stream.Position = 0;
        return SHA256.HashData(stream);
    }

    private static Guid? ModuleVersionOf(FileStream stream)
    {
        try
        {
            using var image = new PEReader(stream, PEStreamOptions.LeaveOpen);
            if (!image.HasMetadata)
            {
                return null;
            }

            var reader = image.GetMetadataReader();
            return reader.GetGuid(reader.GetModuleDefinition().Mvid);
        }
        catch (BadImageFormatException)
        {
            return null;
        }
    }

    private static void Append(IncrementalHash hash, string text) => hash.AppendData(Encoding.UTF8.GetBytes(text + "\n"));

    private static string[] Paths(string property, char separator)
        => (AppContext.GetData(property) as string)?.Split(separator, StringSplitOptions.RemoveEmptyEntries) ?? [];
}
