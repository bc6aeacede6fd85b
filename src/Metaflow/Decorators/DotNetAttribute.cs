using Metaflow.Environments;
using Metaflow.Environments.Requirements;

namespace Metaflow;

/// <summary>Runs the tasks of a step on an exact version of the .NET runtime, whichever versions are installed.</summary>
/// <remarks>
/// <para>The runtime comes as a package of NuGet. It is found when a run begins, and stored with it as the packages of
/// <see cref="NuGetAttribute"/> are, so that the step runs on the same runtime years later. The machine needs no more than the program
/// <c>dotnet</c>.</para>
/// <para>The runtime must not be older than the framework that the program was compiled for (MF7107).</para>
/// </remarks>
/// <example><c>[Step, DotNet("10.0.13")]</c></example>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class)]
public sealed class DotNetAttribute : EnvironmentDecoratorAttribute
{
    /// <summary>Initializes a decorator without a version.</summary>
    public DotNetAttribute()
        : this("")
    {
    }

    /// <summary>Initializes a decorator that asks for a runtime.</summary>
    /// <param name="runtime">The exact version of the runtime, with three numbers, such as <c>10.0.13</c>.</param>
    public DotNetAttribute(string runtime) => Runtime = runtime;

    /// <summary>Gets or sets the exact version of the runtime, such as <c>10.0.13</c>.</summary>
    public string Runtime { get; set; }

    /// <inheritdoc/>
    public override string DecoratorName => "dotnet";

    /// <inheritdoc/>
    public override bool AllowsMultiple => false;

    /// <inheritdoc/>
    public override IReadOnlyList<KeyValuePair<string, object?>> ToData() => [new("runtime", Runtime), new("disabled", Disabled)];

    /// <inheritdoc/>
    internal override EnvironmentRequirement ToRequirement(string place) => Disabled
        ? new(place) { Disabled = true }
        : new(place)
        {
            Packages = new Dictionary<string, IReadOnlyDictionary<string, string>>
            {
                [Categories.DotNet] = new Dictionary<string, string> { [RuntimeRequirement.Name] = Runtime },
            },
        };
}
