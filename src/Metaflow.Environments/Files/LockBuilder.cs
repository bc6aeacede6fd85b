using Metaflow.Environments.Records;
using Metaflow.Environments.Requirements;
using Metaflow.Errors;
using Metaflow.Python.PyPI.Resolving;

namespace Metaflow.Environments.Files;

/// <summary>Collects the exact packages of a lock file that has packages of conda: <c>conda-lock.yml</c> and <c>pixi.lock</c>.</summary>
/// <param name="file">The file.</param>
/// <param name="uniqueKey">The key of the file's hash, which counts for the identity of the environment.</param>
internal sealed class LockBuilder(InputFile file, string uniqueKey)
{
    private const string Python = "python";

    private readonly RequirementBuilder _builder = new(file);
    private readonly List<CondaPackage> _conda = [];
    private readonly List<PipPackage> _index = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    /// <summary>Adds a channel.</summary>
    /// <param name="channel">Its name or address.</param>
    public void AddChannel(string channel) => _builder.AddSource(Categories.Conda, SourceAddress.WithoutCredentials(channel));

    /// <summary>Adds a note for the user.</summary>
    /// <param name="note">A sentence.</param>
    public void Note(string note) => _builder.Note(note);

    /// <summary>Adds a package of conda.</summary>
    /// <param name="package">The package.</param>
    public void Add(CondaPackage package)
    {
        RequireOnce(Categories.Conda, package.Name);
        _conda.Add(package);
        if (package.Name == Python)
        {
            _builder.SetPython(package.Version, 0);
        }
        else
        {
            _builder.Add(Categories.Conda, package.Name, package.Version, 0);
        }
    }

    /// <summary>Adds a package of the Python package index.</summary>
    /// <param name="package">The package.</param>
    public void Add(PipPackage package)
    {
        RequireOnce(Categories.PyPI, package.NormalizedName);
        _index.Add(package);
        _builder.Add(Categories.PyPI, package.NormalizedName, package.Version, 0);
    }

    /// <summary>Returns what the file asks for.</summary>
    /// <returns>The requirement, with the exact packages.</returns>
    /// <exception cref="ConfigurationException">Packages of the index lack a Python (MF7115).</exception>
    public FileRequirement Build()
    {
        if (_index.Count > 0 && !_conda.Exists(static package => package.Name == Python))
        {
            throw file.Error(
                ErrorCodes.InputMalformed, 0, _index[0].Name, "Packages of the Python package index need the package 'python' of conda.",
                "Lock python together with them.");
        }

        var read = _builder.Build();
        return read with
        {
            Requirement = read.Requirement with { UniqueKeys = new Dictionary<string, string> { [uniqueKey] = file.Sha256 } },
            Locked = new LockedContent(_conda, (_, _) => _index),
        };
    }

    private void RequireOnce(string category, string name)
    {
        if (!_names.Add($"{category}::{name}"))
        {
            throw file.Error(
                ErrorCodes.InputMalformed, 0, name, "The package is there twice for one kind of machine.", "Lock the packages again.");
        }
    }
}
