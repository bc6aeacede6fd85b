using Metaflow.Decorators;
using Metaflow.Environments;
using Metaflow.Environments.Requirements;

namespace Metaflow;

/// <summary>Says what the machine that runs a step has, instead of what this machine has: packages of conda are chosen for it.</summary>
/// <example><c>[Step, Conda("pytorch"), SysPackages("__cuda=12.4", "__glibc=2.28")]</c></example>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class, AllowMultiple = true)]
public sealed class SysPackagesAttribute : EnvironmentDecoratorAttribute
{
    /// <summary>Initializes a decorator.</summary>
    /// <param name="packages">The properties of the machine with their versions, such as <c>__glibc=2.28</c>.</param>
    public SysPackagesAttribute(params string[] packages) => Packages = packages;

    /// <summary>Gets or sets the properties of the machine with their versions.</summary>
    public string[] Packages { get; set; }

    /// <inheritdoc/>
    public override string DecoratorName => "sys_packages";

    /// <inheritdoc/>
    public override IReadOnlyList<KeyValuePair<string, object?>> ToData()
        => [new("packages", Packages.ToList()), new("disabled", Disabled)];

    /// <inheritdoc/>
    internal override EnvironmentRequirement ToRequirement(string place) => Disabled ? new(place) { Disabled = true } : new(place)
    {
        Packages = new Dictionary<string, IReadOnlyDictionary<string, string>>
        {
            [Categories.System] = PackageTexts.OfSystem(place, Packages),
        },
    };
}
