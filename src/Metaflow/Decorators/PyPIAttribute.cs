using Metaflow.Decorators;
using Metaflow.Environments;
using Metaflow.Environments.Requirements;

namespace Metaflow;

/// <summary>Gives the tasks of a step an environment with packages of the Python package index. Python itself is a package of
/// conda.</summary>
/// <remarks>Together with <see cref="CondaAttribute"/> the packages of both are in one environment.</remarks>
/// <example><c>[Step, PyPI("pandas==1.5.3", "requests[socks]&gt;=2", Python = "3.11")]</c></example>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class, AllowMultiple = true)]
public sealed class PyPIAttribute : EnvironmentDecoratorAttribute
{
    /// <summary>Initializes a decorator that asks for packages.</summary>
    /// <param name="packages">The packages as pip takes them: a name with a version, extras and a marker, <c>name @ https://…</c>,
    /// <c>name @ git+https://…@commit</c>, or <c>name @ file:///folder</c>.</param>
    public PyPIAttribute(params string[] packages) => Packages = packages;

    /// <summary>Gets or sets the packages; see the constructor.</summary>
    public string[] Packages { get; set; }

    /// <summary>Gets or sets further indexes beside that of the settings. The default is none.</summary>
    public string[] ExtraIndices { get; set; } = [];

    /// <summary>Gets or sets further options of pip, such as <c>--pre</c>. The default is none.</summary>
    public string[] Options { get; set; } = [];

    /// <summary>Gets or sets the version of Python. <c>3.11</c> means any 3.11. The default, the empty text, leaves it to the
    /// packages.</summary>
    public string Python { get; set; } = "";

    /// <inheritdoc/>
    public override string DecoratorName => "pypi";

    /// <inheritdoc/>
    public override IReadOnlyList<KeyValuePair<string, object?>> ToData() =>
    [
        new("packages", Packages.ToList()), new("extra_indices", ExtraIndices.ToList()), new("options", Options.ToList()),
        new("python", Python), new("disabled", Disabled),
    ];

    /// <inheritdoc/>
    internal override EnvironmentRequirement ToRequirement(string place) => Disabled ? new(place) { Disabled = true } : new(place)
    {
        Python = Python.Length == 0 ? null : Python,
        Packages = new Dictionary<string, IReadOnlyDictionary<string, string>>
        {
            [Categories.PyPI] = PackageTexts.OfPyPI(place, Packages),
        },
        Sources = new Dictionary<string, IReadOnlyList<string>> { [Categories.PyPI] = ExtraIndices },
        Extras = new Dictionary<string, IReadOnlyList<string>> { [Categories.PyPI] = Options },
    };
}
