using Metaflow.Decorators;
using Metaflow.Environments;
using Metaflow.Environments.Requirements;

namespace Metaflow;

/// <summary>Gives the tasks of a step an environment with packages of conda, Python among them. The step runs Python scripts and programs
/// of the environment with <see cref="Current.Environment"/>, or is a Python file as a whole (<see cref="PythonStepAttribute"/>).</summary>
/// <remarks>The exact packages, with all that they need, are found when a run begins, and stored with it. The machine needs neither conda
/// nor Python.</remarks>
/// <example><c>[Step, Conda("pandas=1.5.3", Channels = ["conda-forge"], Python = "3.11")]</c></example>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class, AllowMultiple = true)]
public sealed class CondaAttribute : EnvironmentDecoratorAttribute
{
    /// <summary>Initializes a decorator that asks for packages.</summary>
    /// <param name="packages">The packages: <c>pandas</c>, <c>pandas=1.5.3</c> for exactly this version, <c>pandas=1.5.*</c>,
    /// <c>pandas&gt;=1.5,&lt;2</c>, or <c>channel::pandas=1.5.3</c>.</param>
    public CondaAttribute(params string[] packages) => Packages = packages;

    /// <summary>Gets or sets the packages; see the constructor.</summary>
    public string[] Packages { get; set; }

    /// <summary>Gets or sets the channels: names, addresses or folders. The first has precedence, and those of the settings follow. The
    /// default is none.</summary>
    public string[] Channels { get; set; } = [];

    /// <summary>Gets or sets the version of Python. <c>3.11</c> means any 3.11. The default, the empty text, leaves it to the
    /// packages.</summary>
    public string Python { get; set; } = "";

    /// <inheritdoc/>
    public override string DecoratorName => "conda";

    /// <inheritdoc/>
    public override IReadOnlyList<KeyValuePair<string, object?>> ToData() =>
    [
        new("packages", Packages.ToList()), new("channels", Channels.ToList()), new("python", Python), new("disabled", Disabled),
    ];

    /// <inheritdoc/>
    internal override EnvironmentRequirement ToRequirement(string place) => Disabled ? new(place) { Disabled = true } : new(place)
    {
        Python = Python.Length == 0 ? null : Python,
        Packages = new Dictionary<string, IReadOnlyDictionary<string, string>>
        {
            [Categories.Conda] = PackageTexts.OfConda(place, Packages, "[Conda(\"pandas=1.5.3\", \"numpy>=1.24,<2\")]"),
        },
        Sources = new Dictionary<string, IReadOnlyList<string>> { [Categories.Conda] = Channels },
    };
}
