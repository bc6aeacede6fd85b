using System.Text;

namespace Metaflow.ObjectStorage.Http;

/// <summary>A proxy that requests pass.</summary>
/// <param name="Address">Where it listens.</param>
/// <param name="Variable">The variable that names it.</param>
internal sealed record HttpProxy(ServerAddress Address, string Variable)
{
    /// <summary>Gets the value of the header <c>proxy-authorization</c>; <see langword="null"/> for none.</summary>
    public string? Authorization { get; private init; }

    /// <summary>Reads the address of a proxy.</summary>
    /// <param name="variable">The variable.</param>
    /// <param name="text">Its value: <c>http://user:password@host:port</c>, or <c>host:port</c>.</param>
    /// <exception cref="Errors.ConfigurationException">It is no such address (MF2105).</exception>
    public static HttpProxy Parse(string variable, string text)
    {
        var full = text.Contains("://", StringComparison.Ordinal) ? text : "http://" + text;
        if (!Uri.TryCreate(full, UriKind.Absolute, out var address)
            || address.Scheme is not ("http" or "https") || address.Host.Length == 0)
        {
            throw SettingErrors.Invalid(variable, full, "It must be the address of a proxy, such as 'http://proxy.example.org:3128'.");
        }

        var user = Uri.UnescapeDataString(address.UserInfo);
        return new HttpProxy(ServerAddress.Of(address), variable)
        {
            Authorization = user.Length == 0 ? null : "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(user)),
        };
    }

    /// <inheritdoc/>
    /// <remarks>A password in a message would be in a log.</remarks>
    public override string ToString() => $"the proxy {Address.Authority}, which {Variable} names";

    /// <summary>Returns the error of a proxy that does not pass a request on.</summary>
    /// <param name="status">The status code of its answer.</param>
    public IOException Refusal(int status) => status switch
    {
        407 => new NoConnectionException(
            Authorization is null
                ? $"A user and a password are needed by {this} (407). Write them in the variable: 'http://user:password@host:port'."
                : $"The user and the password are not accepted by {this} (407).",
            null)
        { Setting = Variable, IsFinal = true },
        _ => new NoConnectionException($"No connection through {this}: it answered {status}.", null)
        {
            Setting = Variable,
            IsFinal = status < 500,
        },
    };
}
