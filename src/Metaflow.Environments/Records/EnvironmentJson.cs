using System.Text.Json;
using Metaflow.Storage;

namespace Metaflow.Environments.Records;

/// <summary>The JSON of environments, as the extension writes and reads it. It has no identity: the place of the record says it.</summary>
internal static class EnvironmentJson
{
    /// <summary>The kind of an environment with packages of several categories.</summary>
    public const string Mixed = "mixed";

    private const string CondaOnly = "conda-only";
    private const string PyPIOnly = "pypi-only";
    private const string FormerPyPIOnly = "pip-only";

    /// <summary>Returns true if the extension can read the record of an environment. It fails at packages and kinds that it does not
    /// know.</summary>
    /// <param name="environment">The environment.</param>
    /// <returns>Whether it can.</returns>
    public static bool IsForExtension(ResolvedEnvironment environment)
        => environment.Kind is CondaOnly or PyPIOnly or FormerPyPIOnly or Mixed
            && environment.Packages.All(static package => package is ArchivePackage);

    /// <summary>Returns the record of an environment.</summary>
    /// <param name="environment">The environment.</param>
    /// <returns>The JSON, in UTF-8.</returns>
    public static byte[] ToBytes(ResolvedEnvironment environment) => RecordJson.Write(json => WriteMembers(json, environment));

    /// <summary>Reads the record of an environment.</summary>
    /// <param name="id">The identity.</param>
    /// <param name="record">The record.</param>
    /// <returns>The environment.</returns>
    /// <exception cref="FormatException">It is none.</exception>
    /// <exception cref="NotSupportedException">It has something that this version does not know.</exception>
    public static ResolvedEnvironment Read(EnvironmentId id, JsonElement record) => new()
    {
        Id = id,
        Requirements = Typed(record, "deps"),
        Sources = Typed(record, "sources"),
        Extras = Typed(record, "extras"),
        Packages = RecordMembers.Find(record, "packages") is null
            ? throw new FormatException("the list 'packages' is missing")
            : [.. RecordMembers.Items(record, "packages").Select(PackageJson.Read)],
        ResolvedOn = RecordTime.Of(RecordMembers.Text(record, "resolved_on")),
        ResolvedBy = RecordMembers.Text(record, "resolved_by"),
        Architectures = RecordMembers.Texts(record, "resolved_archs"),
        Kind = RecordMembers.TextOrNull(record, "env_type") switch
        {
            null => Mixed,
            FormerPyPIOnly => PyPIOnly,
            var kind => kind,
        },
        IsAccurateSource = RecordMembers.Find(record, "accurate_source") is not { ValueKind: JsonValueKind.False },
        UniqueKeys = RecordMembers.TextsByName(record, "full_id_unique_keys"),
        Others = OtherMembers.Of(
            record, "deps", "sources", "extras", "packages", "resolved_on", "resolved_by", "resolved_archs", "env_type",
            "accurate_source", "full_id_unique_keys"),
    };

    private static void WriteMembers(Utf8JsonWriter json, ResolvedEnvironment environment)
    {
        // The extension sorts requirements by what follows their category.
        WriteTyped(json, "deps", environment.Requirements.OrderBy(static text => text.Value, StringComparer.Ordinal));
        WriteTyped(json, "sources", environment.Sources);
        WriteTyped(json, "extras", environment.Extras);
        json.WriteStartArray("packages");
        foreach (var package in environment.Packages)
        {
            PackageJson.Write(json, package);
        }

        json.WriteEndArray();
        json.WriteText("resolved_on", RecordTime.ToText(environment.ResolvedOn));
        json.WriteText("resolved_by", environment.ResolvedBy);
        json.WriteTexts("resolved_archs", environment.Architectures is [] ? [environment.Id.Architecture] : environment.Architectures);
        json.WriteText("env_type", environment.Kind);
        json.WriteBoolean("accurate_source", environment.IsAccurateSource);
        RecordMembers.WriteTexts(json, "full_id_unique_keys", environment.UniqueKeys);
        environment.Others.Write(json);
    }

    private static void WriteTyped(Utf8JsonWriter json, string name, IEnumerable<TypedText> texts)
        => json.WriteTexts(name, [.. texts.Select(static text => text.ToString())]);

    private static IReadOnlyList<TypedText> Typed(JsonElement record, string name)
        => [.. RecordMembers.Texts(record, name).Select(text =>
            TypedText.TryParse(text) ?? throw new FormatException($"'{text}' in '{name}' has no category"))];
}
