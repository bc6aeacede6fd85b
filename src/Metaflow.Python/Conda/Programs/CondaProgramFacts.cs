using System.Text.Json;
using Metaflow.Python.Conda.Versions;

namespace Metaflow.Python.Conda.Programs;

/// <summary>What a program says about itself.</summary>
/// <param name="Path">The absolute path of the program.</param>
/// <param name="Kind">What it is: <c>conda</c>, <c>mamba</c> or <c>micromamba</c>. It can differ from its name: before version 2, mamba
/// was conda with another solver.</param>
/// <param name="Version">Its version.</param>
internal sealed record CondaProgramFacts(string Path, string Kind, CondaVersion Version)
{
    private const string Conda = "conda";
    private const string Mamba = "mamba";
    private const string Micromamba = "micromamba";

    // As in Metaflow's extension.
    private static readonly Dictionary<string, CondaVersion> Least = new(StringComparer.Ordinal)
    {
        [Conda] = CondaVersion.Parse("4.14.0"),
        [Mamba] = CondaVersion.Parse("2.0.0"),
        [Micromamba] = CondaVersion.Parse("1.4.0"),
    };

    /// <summary>Gets a value indicating whether the program is conda, or mamba before version 2.</summary>
    public bool IsConda => Kind == Conda;

    /// <summary>Gets the least version that is of use.</summary>
    public CondaVersion LeastVersion => Least[Kind];

    /// <summary>Gets a value indicating whether the program is too old.</summary>
    public bool IsTooOld => Version.CompareTo(LeastVersion) < 0;

    /// <summary>Reads what a program answers to <c>info --json</c>.</summary>
    /// <param name="path">The absolute path of the program.</param>
    /// <param name="answer">The answer.</param>
    /// <returns>The facts; <see langword="null"/> if it names no version.</returns>
    public static CondaProgramFacts? Read(string path, JsonElement answer)
    {
        if (answer.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        // Some versions of micromamba put more words between the name and "version".
        var texts = answer.EnumerateObject().Where(static member => member.Value.ValueKind == JsonValueKind.String).ToList();
        var micromamba = texts.Find(static member => member.Name.StartsWith(Micromamba, StringComparison.Ordinal)
            && member.Name.EndsWith("version", StringComparison.Ordinal));
        return Of(Micromamba, micromamba)
            ?? Of(Mamba, texts.Find(static member => member.Name == "mamba version"))
            ?? Of(Conda, texts.Find(static member => member.Name == "conda_version"));

        CondaProgramFacts? Of(string kind, JsonProperty member)
            => member.Value.ValueKind == JsonValueKind.String && CondaVersion.TryParse(member.Value.GetString()!, out var version)
                ? new CondaProgramFacts(path, kind, version) : null;
    }
}
