using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Metaflow.Code;

/// <summary>Says which build of a program runs, for a fraction of what it costs to say which code each step runs.</summary>
internal static class BuildIdentity
{
    /// <summary>Larger files, which are packages', and those of the shared frameworks are told apart by their length and time alone.</summary>
    private const long MaxHashedLength = 1 << 20;

    /// <summary>Computes the identity of the build that a flow belongs to.</summary>
    /// <param name="flow">The flow.</param>
    /// <returns>A text that changes when an assembly of the program does, or the runtime, or this framework; <see langword="null"/> when it is not known.</returns>
    public static string? Of(FlowSpec flow)
    {
        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            Append(hash, flow.GetType().FullName ?? "");
            Append(hash, typeof(BuildIdentity).Module.ModuleVersionId.ToString());
            Append(hash, Environment.Version.ToString());
            Append(hash, flow.Services is null ? "" : "services of a host");
            var runtime = Path.GetDirectoryName(typeof(object).Assembly.Location) ?? "";
            var files = Paths("TRUSTED_PLATFORM_ASSEMBLIES", Path.PathSeparator).Where(path => Path.GetDirectoryName(path) != runtime)
                .Concat(Paths("APP_CONTEXT_DEPS_FILES", ';')).Append(flow.GetType().Assembly.Location);
            foreach (var file in files)
            {
                AppendFile(hash, file);
            }

            foreach (var file in Translations())
            {
                Append(hash, string.Create(CultureInfo.InvariantCulture, $"{file.FullName} {file.Length} {file.LastWriteTimeUtc.Ticks}"));
            }

            return Convert.ToHexStringLower(hash.GetHashAndReset());
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // An assembly that is no file, or cannot be read: then nothing is remembered.
            return null;
        }
    }

    /// <summary>The assemblies of translated resources are in no list of the runtime's: they lie in folders named by cultures.</summary>
    private static IEnumerable<FileInfo> Translations()
        => new DirectoryInfo(AppContext.BaseDirectory).GetDirectories().SelectMany(static folder => folder.GetFiles("*.resources.dll"))
            .OrderBy(static file => file.FullName, StringComparer.Ordinal);

    private static void AppendFile(IncrementalHash hash, string path)
    {
        var file = new FileInfo(path);
        Append(hash, file.Name);
        if (file.Length <= MaxHashedLength && path.StartsWith(AppContext.BaseDirectory, StringComparison.Ordinal))
        {
            hash.AppendData(SHA256.HashData(File.ReadAllBytes(path)));
        }
        else
        {
            Append(hash, string.Create(CultureInfo.InvariantCulture, $"{file.Length} {file.LastWriteTimeUtc.Ticks}"));
        }
    }

    private static void Append(IncrementalHash hash, string text) => hash.AppendData(Encoding.UTF8.GetBytes(text + "\n"));

    private static string[] Paths(string property, char separator)
        => (AppContext.GetData(property) as string)?.Split(separator, StringSplitOptions.RemoveEmptyEntries) ?? [];
}
