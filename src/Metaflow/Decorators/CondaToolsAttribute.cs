using Metaflow.Decorators;
using Metaflow.Environments;
using Metaflow.Environments.Requirements;

namespace Metaflow;

/// <summary>Gives the tasks of a step programs of conda that need no Python, such as <c>ffmpeg</c>.</summary>
/// <remarks>Together with <see cref="PyPIAttribute"/> they are in one environment.</remarks>
/// <example><c>[Step, CondaTools("ffmpeg=6.*")]</c></example>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class, AllowMultiple = true)]
public sealed class CondaToolsAttribute : EnvironmentDecoratorAttribute
{
    /// <summary>Initializes a decorator that asks for programs.</summary>
    /// <param name="packages">Their packages, written as those of <see cref="CondaAttribute"/>.</param>
    public CondaToolsAttribute(params string[] packages) => Packages = packages;

    /// <summary>Gets or sets the packages.</summary>
    public string[] Packages { get; set; }

    /// <summary>Gets or sets the channels: names, addresses or folders. The first has precedence, and those of the settings follow. The
    /// default is none.</summary>
    public string[] Channels { get; set; } = [];

    /// <inheritdoc/>
    public override string DecoratorName => "conda_tools";

    /// <inheritdoc/>
    public override IReadOnlyList<KeyValuePair<string, object?>> ToData()
        => [new("packages", Packages.ToList()), new("channels", Channels.ToList()), new("disabled", Disabled)];

    /// <inheritdoc/>
    internal override EnvironmentRequirement ToRequirement(string place) => Disabled ? new(place) { Disabled = true } : new(place)
    {
        Packages = new Dictionary<string, IReadOnlyDictionary<string, string>>
        {
            [Categories.CondaWithoutPython] = PackageTexts.OfConda(place, Packages, "[CondaTools(\"ffmpeg=6.*\")]"),
        },
        Sources = new Dictionary<string, IReadOnlyList<string>> { [Categories.Conda] = Channels },
    };
}
