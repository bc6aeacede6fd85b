using System.Text.RegularExpressions;
using Metaflow.Environments;
using Metaflow.Environments.Requirements;
using Metaflow.Errors;

namespace Metaflow;

/// <summary>Runs the tasks of a step with a version of a package of NuGet that may differ from the one that the program was compiled
/// with.</summary>
/// <remarks>
/// <para>The exact packages, with all that they need, are found when a run begins, and stored with it. The step's process loads them
/// instead of those of the program. The other steps keep theirs.</para>
/// <para>The decorator adds no reference to the compilation. The program references the package as usual, with <c>#:package</c> or
/// <c>PackageReference</c>, and is compiled against that version.</para>
/// </remarks>
/// <example><c>[Step, NuGet("Newtonsoft.Json", "12.0.3")]</c></example>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class, AllowMultiple = true)]
public sealed partial class NuGetAttribute : EnvironmentDecoratorAttribute
{
    /// <summary>Initializes a decorator that asks for no package.</summary>
    public NuGetAttribute()
        : this("")
    {
    }

    /// <summary>Initializes a decorator that asks for a package.</summary>
    /// <param name="id">The identifier of the package.</param>
    /// <param name="version">The version. <c>12.0.3</c> means exactly this one; <c>12.*</c>, <c>[12.0,13.0)</c> and <c>&gt;=12,&lt;13</c>
    /// mean the highest that fits. The empty text, the default, means the highest of all.</param>
    public NuGetAttribute(string id, string version = "") => (Id, Version) = (id, version);

    /// <summary>Gets or sets the identifier of the package; the empty text asks for none.</summary>
    public string Id { get; set; }

    /// <summary>Gets or sets the version; the empty text, the default, means the highest.</summary>
    public string Version { get; set; }

    /// <inheritdoc/>
    public override string DecoratorName => "nuget";

    /// <inheritdoc/>
    public override IReadOnlyList<KeyValuePair<string, object?>> ToData()
        => [new("id", Id), new("version", Version), new("disabled", Disabled)];

    /// <inheritdoc/>
    internal override EnvironmentRequirement ToRequirement(string place) => new(place)
    {
        Disabled = Disabled || RefuseWrong(place) ? true : null,
        Packages = Id.Length == 0 ? new Dictionary<string, IReadOnlyDictionary<string, string>>()
            : new Dictionary<string, IReadOnlyDictionary<string, string>>
            {
                [Categories.NuGet] = new Dictionary<string, string> { [Id] = Version },
            },
    };

    // What NuGet takes for an identifier: https://learn.microsoft.com/nuget/reference/nuspec#id
    [GeneratedRegex(@"^\w+([_.-]\w+)*$")]
    private static partial Regex Identifier();

    private bool RefuseWrong(string place) => Identifier().IsMatch(Id) ? false : throw new ConfigurationException(
        ErrorCodes.ConstraintUnreadable,
        Id.Length == 0 ? $"{place} names no package." : $"{place} names the package '{Id}', which is no identifier of NuGet.",
        "An identifier consists of letters, digits and '_', with '.' and '-' between them.",
        "Write [NuGet(\"Newtonsoft.Json\", \"12.0.3\")], or '--with nuget:id=Newtonsoft.Json,version=12.0.3'.")
    { ExitCode = ExitCodes.Usage };
}
