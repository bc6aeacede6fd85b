using System.Text.Json;
using Metaflow.Environments.Requirements;
using Metaflow.Errors;
using NuGet.Versioning;

namespace Metaflow.Environments.Files;

/// <summary>Reads <c>packages.lock.json</c>, in which NuGet keeps the exact packages of a project: all of them are asked for, those that
/// others need too. The hash of the file counts for the identity of the environment.</summary>
internal sealed class LockFile
{
    /// <summary>The name of the file.</summary>
    public const string FileName = "packages.lock.json";

    /// <summary>The key of the file's hash.</summary>
    public const string UniqueKey = "nuget_lock_content_hash";

    private const string FrameworkPrefix = "net";

    private readonly InputFile _file;
    private readonly RequirementBuilder _builder;
    private readonly Dictionary<string, (string Identifier, string Version)> _packages = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> _hashes = new(StringComparer.Ordinal);
    private readonly List<string> _projects = [];

    private LockFile(InputFile file)
    {
        _file = file;
        _builder = new RequirementBuilder(file);
    }

    /// <summary>Reads a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="framework">The framework that the program runs on, such as <c>net10.0</c>. If the file lacks it, the next lower one
    /// counts, as its packages run on it too.</param>
    /// <param name="runtime">The runtime identifier, such as <c>linux-x64</c>, whose own packages count too; none by default.</param>
    /// <returns>What it asks for, with the hashes of the contents.</returns>
    /// <exception cref="ConfigurationException">It is malformed (MF7115), or has nothing for the framework (MF7117).</exception>
    public static FileRequirement Parse(InputFile file, string framework, string? runtime = null)
    {
        try
        {
            using var json = JsonDocument.Parse(file.Text);
            return new LockFile(file).Read(json.RootElement, framework, runtime);
        }
        catch (JsonException error)
        {
            throw Malformed(file, Sentence.Of(Shortened.Of(error.Message)), error);
        }
    }

    private FileRequirement Read(JsonElement root, string framework, string? runtime)
    {
        if (Property(root, "dependencies") is not { ValueKind: JsonValueKind.Object } dependencies)
        {
            throw Malformed(_file, "It has no object 'dependencies'.");
        }

        var targets = dependencies.EnumerateObject().ToList();
        var chosen = Choose([.. targets.Select(static target => target.Name)], framework);
        foreach (var target in targets.Where(target => target.Name == chosen || target.Name == $"{chosen}/{runtime}"))
        {
            ReadTarget(target.Value);
        }

        foreach (var (identifier, version) in _packages.Values)
        {
            _builder.Add(Categories.NuGet, identifier, $"[{version}]", 0);
        }

        if (_projects.Count > 0)
        {
            _builder.Note($"The projects {string.Join(", ", _projects.Distinct())} in '{_file.Name}' are no packages and are not taken.");
        }

        var read = _builder.Build();
        return read with
        {
            Requirement = read.Requirement with
            {
                FilePaths = new Dictionary<string, IReadOnlyList<string>> { [Categories.NuGet] = [_file.Name] },
                UniqueKeys = new Dictionary<string, string> { [UniqueKey] = _file.Sha256 },
            },
            ContentHashes = _hashes,
        };
    }

    private string Choose(IReadOnlyList<string> targets, string framework)
    {
        if (targets.Contains(framework))
        {
            return framework;
        }

        var lower = targets.Where(target => NumberOf(target) is { } number && number <= NumberOf(framework)).MaxBy(NumberOf)
            ?? throw new ConfigurationException(
                ErrorCodes.LockLacksFramework,
                $"'{_file.Name}' has no packages for {framework}.",
                targets.Count == 0 ? "It has none at all." : $"It has packages for {string.Join(", ", targets)}.",
                $"Restore a project whose TargetFramework is {framework}, and name its lock file.");
        _builder.Note($"'{_file.Name}' has no packages for {framework}; those for {lower} are taken.");
        return lower;
    }

    // net8.0 is lower than net10.0; the frameworks of other kinds (net48, netstandard2.0, net10.0-windows) do not count.
    private static Version? NumberOf(string framework)
        => framework.StartsWith(FrameworkPrefix, StringComparison.Ordinal)
            && Version.TryParse(framework[FrameworkPrefix.Length..], out var number) && number.Major >= 5
            ? number
            : null;

    private void ReadTarget(JsonElement target)
    {
        if (target.ValueKind != JsonValueKind.Object)
        {
            throw Malformed(_file, "The packages of a framework are no object.");
        }

        foreach (var package in target.EnumerateObject())
        {
            if (Text(package.Value, "type") == "Project")
            {
                _projects.Add(package.Name);
                continue;
            }

            if (!NuGetLine.IsIdentifier(package.Name) || !NuGetVersion.TryParse(Text(package.Value, "resolved") ?? "", out var version))
            {
                throw Malformed(_file, $"The package '{Shortened.Of(package.Name)}' has no version in 'resolved'.");
            }

            var normalized = version.ToNormalizedString();
            _packages[package.Name] = (package.Name, normalized);
            if (Text(package.Value, "contentHash") is { } hash)
            {
                _hashes[$"{package.Name}/{normalized}".ToLowerInvariant()] = hash;
            }
        }
    }

    private static JsonElement? Property(JsonElement element, string name)
        => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : null;

    private static string? Text(JsonElement element, string name)
        => Property(element, name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    private static ConfigurationException Malformed(InputFile file, string why, Exception? error = null)
        => new(
            ErrorCodes.InputMalformed,
            $"'{file.Name}' is no lock file of NuGet.",
            why,
            "Set RestorePackagesWithLockFile to true in a project, restore it, and name its packages.lock.json.",
            error);
}
