using System.Text.Json;
using Metaflow.Errors;
using Metaflow.Python.PyPI.Markers;
using Metaflow.Python.PyPI.Tags;
using Metaflow.Python.PyPI.Wheels;

namespace Metaflow.Python.PyPI.Resolving;

/// <summary>Reads the report of <c>pip install --report</c>, of version 1, and of version 0 that pip 22 wrote.</summary>
internal static class PipReport
{
    private static readonly string[] KnownVersions = ["0", "1"];

    /// <summary>Reads a report.</summary>
    /// <param name="json">The bytes.</param>
    /// <returns>What pip found.</returns>
    /// <exception cref="EnvironmentException">It cannot be understood (MF7076), or has an editable package (MF7078).</exception>
    public static PipResult Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var report = document.RootElement;
            var version = Text(report, "version");
            if (Array.IndexOf(KnownVersions, version) < 0)
            {
                throw PipErrors.ReportUnreadable($"It has version '{version}' of the format, and 0 and 1 are known");
            }

            var environment = report.TryGetProperty("environment", out var values)
                ? values.EnumerateObject().ToDictionary(static item => item.Name, static item => item.Value.GetString() ?? "") : [];
            return new PipResult(
                Text(report, "pip_version") ?? "", new MarkerEnvironment().With(environment),
                [.. report.GetProperty("install").EnumerateArray().Select(ReadPackage)]);
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw PipErrors.ReportUnreadable(error.Message, error);
        }
    }

    private static PipPackage ReadPackage(JsonElement item)
    {
        var metadata = item.GetProperty("metadata");
        var name = Text(metadata, "name") ?? throw new KeyNotFoundException("A package has no name.");
        var source = DirectUrl.Read(item.GetProperty("download_info"))
            ?? throw new KeyNotFoundException($"The package '{name}' has no address.");
        if (source.IsEditable)
        {
            throw PipErrors.Editable(name);
        }

        var url = PipOutput.WithoutCredentials(source.Url);
        return new PipPackage(
            name, Text(metadata, "version") ?? throw new KeyNotFoundException($"The package '{name}' has no version."),
            KindOf(source), url == source.Url ? url : url.Replace("****@", "", StringComparison.Ordinal))
        {
            Sha256 = source.Sha256,
            IsDirect = Flag(item, "is_direct"),
            IsRequested = Flag(item, "requested"),
            IsYanked = Flag(item, "is_yanked"),
            Extras = Texts(item, "requested_extras"),
            RequiresDist = Texts(metadata, "requires_dist"),
            RequiresPython = Text(metadata, "requires_python"),
            VersionControl = source.VersionControl,
            Commit = source.Commit,
            RequestedRevision = source.RequestedRevision,
            Subdirectory = source.Subdirectory,
        };
    }

    private static PipPackageKind KindOf(DirectUrl source)
        => source.VersionControl is not null ? PipPackageKind.Repository
            : source.IsFolder ? PipPackageKind.Folder
            : source.Url.Split('#', '?')[0].EndsWith(WheelFileName.Extension, StringComparison.OrdinalIgnoreCase) ? PipPackageKind.Wheel
            : PipPackageKind.SourceArchive;

    private static string? Text(JsonElement json, string name)
        => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static bool Flag(JsonElement json, string name)
        => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    private static IReadOnlyList<string> Texts(JsonElement json, string name)
        => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray().Select(static item => item.GetString() ?? "")] : [];
}
