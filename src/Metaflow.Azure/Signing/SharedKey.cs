using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Metaflow.Azure.Credentials;
using Metaflow.ObjectStorage.Http;

namespace Metaflow.Azure.Signing;

/// <summary>Signs requests with the key of an account.</summary>
/// <remarks>Source: "Authorize with Shared Key" of the REST API reference of Azure Storage.</remarks>
internal sealed class SharedKey : IAuthorization
{
    private const string OfTheService = "x-ms-";

    /// <summary>In the order in which they are signed.</summary>
    private static readonly string[] Signed =
    [
        "content-encoding", "content-language", "content-length", "content-md5", "content-type", "date", "if-modified-since", "if-match",
        "if-none-match", "if-unmodified-since", "range",
    ];

    private readonly string _account;
    private readonly byte[] _key;

    /// <summary>Initializes the signing.</summary>
    /// <param name="account">The name of the account.</param>
    /// <param name="key">Its key.</param>
    /// <exception cref="Errors.ConfigurationException">The key is none (MF2105).</exception>
    public SharedKey(string account, AccountSecret key)
    {
        (_account, Origin) = (account, key.Origin);
        try
        {
            _key = Convert.FromBase64String(key.Value);
        }
        catch (FormatException)
        {
            throw SettingErrors.Invalid(key.Origin, "…", "The key of an account is a text of Base64.");
        }
    }

    /// <inheritdoc/>
    public string Origin { get; }

    /// <inheritdoc/>
    public ValueTask AddAsync(ObjectRequest request, CancellationToken cancellationToken)
    {
        var proof = HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(TextOf(request)));
        request.Headers["authorization"] = $"SharedKey {_account}:{Convert.ToBase64String(proof)}";
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public bool TryRenew() => false;

    private string TextOf(ObjectRequest request)
    {
        var text = new StringBuilder(512).Append(request.Method).Append('\n');
        foreach (var name in Signed)
        {
            text.Append(name == "content-length" ? LengthOf(request) : request.Headers.Find(name)).Append('\n');
        }

        for (var i = 0; i < request.Headers.Count; i++)
        {
            if (request.Headers.NameAt(i).StartsWith(OfTheService, StringComparison.Ordinal))
            {
                text.Append(request.Headers.NameAt(i)).Append(':').Append(request.Headers.ValueAt(i)).Append('\n');
            }
        }

        text.Append('/').Append(_account).Append(request.Path);
        for (var i = 0; i < request.Query.Count; i++)
        {
            text.Append('\n').Append(request.Query.NameAt(i)).Append(':').Append(Uri.UnescapeDataString(request.Query.ValueAt(i)));
        }

        return text.ToString();
    }

    private static string LengthOf(ObjectRequest request)
        => request.Body.Length == 0 ? "" : request.Body.Length.ToString(CultureInfo.InvariantCulture);
}
