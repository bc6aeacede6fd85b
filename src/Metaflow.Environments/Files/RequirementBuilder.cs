using Metaflow.Environments.Requirements;
using Metaflow.Errors;

namespace Metaflow.Environments.Files;

/// <summary>Collects what a file asks for. A package that is asked for twice must satisfy both.</summary>
/// <param name="file">The file.</param>
internal sealed class RequirementBuilder(InputFile file)
{
    /// <summary>The properties of a machine that a file may set.</summary>
    private static readonly string[] SystemPackages = ["__cuda", "__glibc"];

    private readonly Dictionary<string, List<string>> _sources = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> _extras = new(StringComparer.Ordinal);
    private readonly List<string> _notes = [];
    private readonly Dictionary<string, Dictionary<string, (string Constraint, int Line)>> _packages = new(StringComparer.Ordinal);
    private (string Constraint, int Line)? _python;

    /// <summary>Adds a package.</summary>
    /// <param name="category">Its category.</param>
    /// <param name="name">Its name.</param>
    /// <param name="constraint">The constraint on its version; empty for none.</param>
    /// <param name="line">The line that it stands in, or 0.</param>
    /// <exception cref="ConfigurationException">The constraint is wrong, or an earlier one contradicts it (MF7101, MF7103 to
    /// MF7105).</exception>
    public void Add(string category, string name, string constraint, int line)
    {
        if (!_packages.TryGetValue(category, out var packages))
        {
            _packages[category] = packages = new(category == Categories.NuGet ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
        }

        var requirement = Single(category, name, constraint, line);
        if (packages.TryGetValue(name, out var earlier))
        {
            requirement = EnvironmentRequirement.Merge(Single(category, name, earlier.Constraint, earlier.Line), requirement);
        }

        packages[name] = (requirement.Normalize().Packages[category].Values.Single(), line);
    }

    /// <summary>Adds a property of the machine.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="version">Its version.</param>
    /// <param name="line">The line that it stands in.</param>
    /// <exception cref="ConfigurationException">There is no such property, or it has no single version (MF7113).</exception>
    public void AddSystem(string name, string version, int line)
    {
        if (!SystemPackages.Contains(name))
        {
            throw WrongSystem(name, line, $"A file may set {string.Join(" and ", SystemPackages)} only.");
        }

        if (version.Length == 0 || version.IndexOfAny(['<', '>', '~', '!', ',', '*']) >= 0)
        {
            throw WrongSystem($"{name} {version}".TrimEnd(), line, "A property of the machine needs one version.");
        }

        Add(Categories.System, name, version, line);
    }

    /// <summary>Sets the version of Python.</summary>
    /// <param name="constraint">The version, or a constraint on it.</param>
    /// <param name="line">The line that it stands in, or 0.</param>
    /// <exception cref="ConfigurationException">It is set already (MF7114).</exception>
    public void SetPython(string constraint, int line)
    {
        if (_python is { } earlier)
        {
            throw file.Error(
                ErrorCodes.PythonTwice,
                line,
                $"python {constraint}",
                $"The version of Python is '{earlier.Constraint}' already{(earlier.Line > 0 ? $", in line {earlier.Line}" : "")}.",
                "Name the version of Python once.");
        }

        _python = (constraint, line);
    }

    /// <summary>Adds a place that packages come from.</summary>
    /// <param name="category">Their category.</param>
    /// <param name="source">The name or address.</param>
    public void AddSource(string category, string source) => Add(_sources, category, source);

    /// <summary>Adds a flag for a resolver.</summary>
    /// <param name="category">The category that it resolves.</param>
    /// <param name="flag">The flag.</param>
    public void AddExtra(string category, string flag) => Add(_extras, category, flag);

    /// <summary>Adds a note for the user.</summary>
    /// <param name="note">A sentence.</param>
    public void Note(string note) => _notes.Add(note);

    /// <summary>Returns what was collected.</summary>
    /// <returns>The requirement of the file.</returns>
    public FileRequirement Build()
        => new(
            new EnvironmentRequirement(file.Place)
            {
                Python = _python?.Constraint,
                Packages = _packages.ToDictionary(
                    static category => category.Key,
                    static IReadOnlyDictionary<string, string> (category) => category.Value.ToDictionary(
                        static package => package.Key, static package => package.Value.Constraint, category.Value.Comparer),
                    StringComparer.Ordinal),
                Sources = Lists(_sources),
                Extras = Lists(_extras),
            },
            _notes);

    private EnvironmentRequirement Single(string category, string name, string constraint, int line)
        => new(line > 0 ? $"line {line} of '{file.Name}'" : file.Place)
        {
            Packages = new Dictionary<string, IReadOnlyDictionary<string, string>>
            {
                [category] = new Dictionary<string, string> { [name] = constraint },
            },
        };

    private static void Add(Dictionary<string, List<string>> lists, string category, string value)
    {
        if (!lists.TryGetValue(category, out var list))
        {
            lists[category] = list = [];
        }

        list.Add(value);
    }

    private static Dictionary<string, IReadOnlyList<string>> Lists(Dictionary<string, List<string>> lists)
        => lists.ToDictionary(
            static list => list.Key,
            static IReadOnlyList<string> (list) => [.. list.Value.Distinct(StringComparer.Ordinal)],
            StringComparer.Ordinal);

    private ConfigurationException WrongSystem(string text, int line, string why)
        => file.Error(ErrorCodes.SystemPackageWrong, line, text, why, "Write __glibc==2.27, or leave the line out.");
}
