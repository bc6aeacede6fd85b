using Metaflow.Environments.Records;
using Metaflow.Errors;

namespace Metaflow.Environments.Requirements;

/// <summary>What is asked for, in the form that environments are known by.</summary>
internal sealed record EnvironmentRequest
{
    private const string PythonPackage = "python";

    /// <summary>Gets the requirements, such as <c>nuget::newtonsoft.json==[12.0.3]</c>, sorted.</summary>
    public IReadOnlyList<TypedText> Requirements { get; init; } = [];

    /// <summary>Gets the sources without credentials, sorted.</summary>
    public IReadOnlyList<TypedText> Sources { get; init; } = [];

    /// <summary>Gets the flags for resolvers, sorted.</summary>
    public IReadOnlyList<TypedText> Extras { get; init; } = [];

    /// <summary>Gets what else counts for the identity of the packages found.</summary>
    public IReadOnlyDictionary<string, string> UniqueKeys { get; init; } = new Dictionary<string, string>();

    /// <summary>Gets the hash of the request: 40 hexadecimal digits.</summary>
    public string RequestId => EnvironmentHash.OfRequest(Requirements, Sources, Extras);

    /// <summary>Returns the request of a requirement in which those of flow and step are together.</summary>
    /// <param name="requirement">The requirement.</param>
    /// <param name="framework">The framework that the program runs on, such as <c>net10.0</c>. It counts where there are packages of
    /// NuGet.</param>
    /// <param name="condaHost">The host that names of channels of conda stand for. An address on it becomes the name, as in Metaflow's
    /// extension. None by default.</param>
    /// <returns>The request.</returns>
    /// <exception cref="ConfigurationException">The requirement is wrong in itself (MF7102 to MF7105).</exception>
    public static EnvironmentRequest Of(EnvironmentRequirement requirement, string framework, string? condaHost = null)
    {
        var normalized = requirement.Normalize();
        var requirements = normalized.Packages
            .SelectMany(static category => category.Value.Select(package => Requirement(category.Key, package.Key, package.Value)));
        if (normalized.Packages.TryGetValue(Categories.NuGet, out var packages) && packages.Count > 0)
        {
            requirements = requirements.Append(new TypedText(Categories.DotNet, framework));
        }

        if (normalized.Python is { } python)
        {
            requirements = requirements.Append(Requirement(Categories.Conda, PythonPackage, python));
        }

        return new EnvironmentRequest
        {
            Requirements = Sorted(requirements),
            Sources = Sorted(Texts(normalized.Sources, (category, source) => SourceAddress.ForRequest(category, source, condaHost))),
            Extras = Sorted(Texts(normalized.Extras, static (_, extra) => extra)),
            UniqueKeys = normalized.UniqueKeys,
        };
    }

    private static TypedText Requirement(string category, string name, string constraint) => category switch
    {
        Categories.NuGet => Text(category, name.ToLowerInvariant(), constraint == NuGetConstraint.Any.Text ? "" : constraint),
        Categories.System => Text(category, name, SystemVersion(constraint)),
        _ => Text(category, name, constraint),
    };

    // A marker that stands alone follows the name directly.
    private static TypedText Text(string category, string name, string constraint)
        => new(category, constraint.Length == 0 ? name : constraint[0] == ';' ? name + constraint : $"{name}=={constraint}");

    // The machine's properties are packages of conda with the build 0.
    private static string SystemVersion(string version)
        => version.Length == 0 || version.EndsWith("=0", StringComparison.Ordinal) ? version : version + "=0";

    private static IEnumerable<TypedText> Texts(
        IReadOnlyDictionary<string, IReadOnlyList<string>> lists, Func<string, string, string> normalize)
        => lists.SelectMany(list => list.Value.Select(value => new TypedText(list.Key, normalize(list.Key, value))));

    private static IReadOnlyList<TypedText> Sorted(IEnumerable<TypedText> texts)
        => [
            .. texts.Distinct().OrderBy(static text => text.Category, StringComparer.Ordinal)
                .ThenBy(static text => text.Value, StringComparer.Ordinal),
        ];
}
