using Metaflow.Environments;
using Metaflow.Environments.Requirements;

namespace Metaflow;

/// <summary>Says where the packages of <see cref="NuGetAttribute"/> come from, instead of the sources of NuGet's configuration
/// files.</summary>
/// <example><c>[NuGetSources("https://packages.example.com/v3/index.json")]</c></example>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class, AllowMultiple = true)]
public sealed class NuGetSourcesAttribute : EnvironmentDecoratorAttribute
{
    /// <summary>Initializes the sources.</summary>
    /// <param name="sources">Addresses of feeds, or folders with packages.</param>
    public NuGetSourcesAttribute(params string[] sources) => Sources = sources;

    /// <summary>Gets or sets the sources.</summary>
    public string[] Sources { get; set; }

    /// <inheritdoc/>
    public override string DecoratorName => "nuget_sources";

    /// <inheritdoc/>
    public override IReadOnlyList<KeyValuePair<string, object?>> ToData() => [new("sources", Sources.ToList()), new("disabled", Disabled)];

    /// <inheritdoc/>
    internal override EnvironmentRequirement ToRequirement(string place) => new(place)
    {
        Disabled = Disabled ? true : null,
        Sources = new Dictionary<string, IReadOnlyList<string>> { [Categories.NuGet] = Sources },
    };
}
