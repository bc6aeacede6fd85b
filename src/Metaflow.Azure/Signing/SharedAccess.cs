using Metaflow.Azure.Credentials;
using Metaflow.ObjectStorage.Http;

namespace Metaflow.Azure.Signing;

/// <summary>Shows a shared access signature, which an owner of the account has made.</summary>
internal sealed class SharedAccess : IAuthorization
{
    private readonly List<(string Name, string Value)> _parameters = [];

    /// <summary>Initializes it.</summary>
    /// <param name="signature">The signature: the query of an address.</param>
    /// <exception cref="Errors.ConfigurationException">It is none (MF2105).</exception>
    public SharedAccess(AccountSecret signature)
    {
        foreach (var part in signature.Value.Trim().TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                _parameters.Add((part[..equals], part[(equals + 1)..]));
            }
        }

        if (!_parameters.Exists(static parameter => parameter.Name == "sig"))
        {
            throw SettingErrors.Invalid(signature.Origin, "…", "A shared access signature is a text such as 'sv=…&sp=…&se=…&sig=…'.");
        }

        var end = _parameters.Find(static parameter => parameter.Name == "se").Value;
        Origin = end is null ? signature.Origin : $"{signature.Origin}, whose signature ends at {Uri.UnescapeDataString(end)}";
    }

    /// <inheritdoc/>
    public string Origin { get; }

    /// <inheritdoc/>
    public ValueTask AddAsync(ObjectRequest request, CancellationToken cancellationToken)
    {
        foreach (var (name, value) in _parameters)
        {
            request.Query[name] = value;
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public bool TryRenew() => false;
}
